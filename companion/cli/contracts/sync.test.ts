import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openContractHome, type ContractHome } from '../testing/contract-home.ts'

// It starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let home: ContractHome
beforeAll(() => {
  home = openContractHome()
})
afterAll(() => home.close())

describe('the sync mode', () => {
  const say = (method: string, params: unknown, id: unknown = 1) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params })

  it('answers each line, whatever stands in it, and ends with its input', async () => {
    const lines = [
      say('plugin/list', {}),
      '',
      say('plugin/load', { name: 'wren' }, 'two'),
      say('plugin/call', { plugin: 'wren', method: 'synthesize', args: { text: 'abc' } }),
      say('plugin/call', { plugin: 'wren', method: 'synthesize', args: { text: 'abc' }, stream: true }),
      say('plugin/call', { plugin: 'wren', method: 'synthesize', args: { text: 'abc', voice_id: 'nobody' } }),
      say('plugin/health', { plugin: 'wren' }),
      JSON.stringify({ jsonrpc: '2.0', method: 'plugin/list' }),
      'no JSON',
      '[]',
      say('plugin/sing', {}),
      say('plugin/load', { name: 'nobody' }),
      say('plugin/load', { name: 'wren', config: {} }),
      say('plugin/call', []),
      JSON.stringify({ id: 9 }),
      say('plugin/unload', { name: 'wren' }, 10),
    ]
    const { code, stdout } = await home.contracts(['sync'], lines.join('\n'))
    const answers = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(0)
    expect(answers).toMatchObject([
      { id: 1, result: expect.arrayContaining([{ name: 'wren', contract: 'tts', status: 'UNLOADED' }]) },
      {
        id: 'two',
        result: { name: 'wren', contract: 'tts', status: 'READY', methods: expect.arrayContaining(['synthesize']) },
      },
      { id: 1, result: { encoding: 'base64', data: Buffer.from('ababab').toString('base64') } },
      { id: 1, result: Array.from({ length: 3 }, () => ({ data: Buffer.from('ab').toString('base64') })) },
      { id: 1, error: { code: 1001, message: expect.stringContaining('nobody'), data: { code: 'not-found' } } },
      { id: 1, result: { status: 'READY' } },
      { id: null, error: { code: -32700 } },
      { id: null, error: { code: -32600 } },
      { id: 1, error: { code: -32601, message: expect.stringContaining('plugin/call') } },
      { id: 1, error: { code: -32602, message: expect.stringContaining('nobody') } },
      { id: 1, error: { code: -32602, message: expect.stringContaining('contracts config wren') } },
      { id: 1, error: { code: -32602 } },
      { id: 9, error: { code: -32600 } },
      { id: 10, result: true },
    ])
  })
})
