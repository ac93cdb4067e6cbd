import { beforeEach, describe, expect, it } from 'vitest'
import { ContractSession } from './session.ts'
import { echo } from './testing/echo.ts'
import { openContract } from './testing/open.ts'
import { INITIALIZE, type Told } from './testing/pipes.ts'
import type { Value } from './types.ts'
import { ContractError, defineContract, type AudioData } from '../contracts.ts'

let told: Told[]
let session: ContractSession
beforeEach(() => {
  told = []
  session = new ContractSession(echo, async json => void told.push(json as Told))
})
const take = (json: unknown) => session.take({ json, attachments: [] })
const ask = async (id: unknown, method: string, params: unknown = {}) => {
  await take({ jsonrpc: '2.0', id, method, params })
  return told.at(-1)!
}
const start = (more: object = {}) => ask('start', 'initialize', { ...INITIALIZE, contract: 'echo', ...more })

describe('a session', () => {
  it('goes on after what is no JSON, and after what is no request', async () => {
    await start()
    for (const json of [undefined, 'text', [], {}, { id: 1 }, { id: {}, method: 'echo' }, { id: 3, method: 5 }])
      await take(json)
    expect(told.slice(1).map(({ id, error }) => [id, error!.code])).toEqual([
      [null, -32700],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [1, -32600],
      [null, -32600],
      [3, -32600],
    ])
    expect(await ask(9, 'echo', { value: 'still here' })).toMatchObject({ id: 9, result: 'still here' })
  })

  it('takes no answer and no notice for a request', async () => {
    await start()
    for (const json of [
      { id: 1, result: 1 },
      { method: 'telepathy' },
      { method: '$/cancelRequest', params: { id: 5 } },
    ]) {
      await take(json)
    }
    expect(told).toHaveLength(1)
  })

  it('does nothing before “initialize”, and waits while it runs', async () => {
    for (const method of ['echo', 'health_check', 'shutdown', 'capture_state']) {
      expect(await ask(1, method)).toMatchObject({ error: { code: -32002 } })
    }
    told.length = 0
    await Promise.all([start({ config: { slow: 30 } }), ask(2, 'echo', { value: 2 }), ask(3, 'health_check')])
    expect(told.map(({ id }) => id)).toEqual([3, 'start', 2])
    expect(told[0]).toMatchObject({ result: { status: 'INITIALIZING' } })
    expect(await start()).toMatchObject({ error: { code: -32600 } })
  })

  it('tells why it can’t be initialised, and may be tried again', async () => {
    const message = 'The licence has run out. Renew it.'
    expect(await start({ config: { fail: true } })).toMatchObject({ error: { code: 1, message } })
    expect(await ask(2, 'echo')).toMatchObject({ error: { code: -32002 } })
    expect(await start({ contract: 'tts' })).toMatchObject({
      error: { code: -32602, message: expect.stringContaining('Contract mismatch') },
    })
    expect(await start({ revision: 0 })).toMatchObject({ error: { code: -32602 } })
    expect(await start()).toMatchObject({
      result: { status: 'READY', methods: expect.arrayContaining([{ name: 'echo' }]) },
    })
  })

  it.each([
    ['a method that is not there', 'telepathy', {}, -32601, 'It has: echo,'],
    ['a name that every object has', 'toString', {}, -32601, 'no method “toString”'],
    ['parameters in a list', 'echo', [1], -32602, 'by their names'],
    [
      'an attachment that is not there',
      'echo',
      { value: { encoding: 'attachment', mime: 'a/b', attachment: 0 } },
      -32602,
      'no attachment 0',
    ],
    ['its own failure', 'fail', { how: 'own' }, 77, 'Do something else.'],
    ['a defect', 'fail', {}, -32603, 'The plugin failed unexpectedly: Cannot read'],
  ])('answers %s with a code and words', async (_, method, params, code, words) => {
    await start()
    expect(await ask(1, method, params)).toMatchObject({ error: { code, message: expect.stringContaining(words) } })
  })

  it('tells its health while a call runs', async () => {
    await start()
    expect(await ask(1, 'health_check')).toMatchObject({ result: { status: 'READY', memory_mb: expect.any(Number) } })
    const work = ask(2, 'sleep', { milliseconds: 30 })
    expect(await ask(3, 'health_check')).toMatchObject({ result: { status: 'BUSY' } })
    await work
  })

  it('leaves a call that is cancelled, be it deaf, and takes the next', async () => {
    await start()
    const deaf = ask(1, 'sleep', { milliseconds: 50 })
    await take({ method: '$/cancelRequest', params: { id: 1 } })
    await deaf
    expect(told.at(-1)).toMatchObject({ id: 1, error: { code: -32800 } })
    const before = told.length
    await new Promise(resolve => setTimeout(resolve, 80))
    expect(told).toHaveLength(before)
    expect(await ask(1, 'echo', { value: 'next' })).toMatchObject({ id: 1, result: 'next' })
  })

  it('hears the host between items that are made in one go', async () => {
    const busy = defineContract({
      contract: 'busy',
      methods: {
        async *work() {
          for (;;) {
            for (const until = performance.now() + 5; performance.now() < until;);
            yield 'item'
          }
        },
      },
    })
    const open = await openContract(busy)
    const work = open.call('work', {}, AbortSignal.timeout(50))
    expect(await open.call('health_check')).toMatchObject({ status: 'BUSY' })
    await expect(work).rejects.toMatchObject({ code: -32800 })
    await open.close()
  })

  it('refuses an id that is in use', async () => {
    await start()
    const work = ask(1, 'sleep', { milliseconds: 20 })
    await ask(1, 'echo')
    expect(told.at(-1)).toMatchObject({ id: 1, error: { code: -32600 } })
    await work
  })

  it('streams items to whoever wants them, and joins them for whoever does not', async () => {
    await start()
    expect(await ask(1, 'count', { count: 3, partialResultToken: 's7' })).toMatchObject({ id: 1, result: null })
    expect(told.slice(1, -1).map(({ params }) => params)).toEqual(
      ['0 ', '1 ', '2 '].map(value => ({ token: 's7', value })),
    )
    expect(await ask(2, 'count', { count: 3 })).toMatchObject({ result: '0 1 2 ' })
    expect(await ask(3, 'echo', { value: 'whole', partialResultToken: 4 })).toMatchObject({ result: 'whole' })
  })
})

describe('a plugin opened in this process', () => {
  it('gives and takes bytes, state and items', async () => {
    const open = await openContract(echo)
    const value = { mime: 'a/b', bytes: Buffer.from('bytes') }
    expect(await open.call('echo', { value })).toEqual(value)
    expect((await open.call('capture_state')) as { readonly bytes: AudioData }).toMatchObject({
      bytes: { mime: 'a/b' },
    })
    expect(await open.call('restore_state', { state: { counter: 5 } })).toBeNull()
    expect(await open.call('capture_state')).toMatchObject({ counter: 5 })
    const items: Value[] = []
    for await (const item of open.stream('count', { count: 4 })) items.push(item)
    expect(items).toEqual(['0 ', '1 ', '2 ', '3 '])
    await open.close()
  })

  it('stops work when nobody takes its items any more', async () => {
    const open = await openContract(echo)
    await open.call('restore_state', { state: { counter: 0 } })
    for await (const item of open.stream('count', { count: 1_000_000 })) if (item === '3 ') break
    const made = async () => ((await open.call('capture_state')) as { readonly counter: number }).counter
    const before = await made()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(await made()).toBeLessThanOrEqual(before + 2)
    await expect(open.call('sleep', { milliseconds: 10_000 }, AbortSignal.timeout(10))).rejects.toMatchObject({
      code: -32800,
    })
    await open.close()
  })

  it('answers with an error whose “data” can’t be sent, without it', async () => {
    const round: { self?: unknown } = {}
    round.self = round
    const open = await openContract(
      defineContract({
        contract: 'echo',
        methods: {
          round: () => {
            throw new ContractError(7, 'It goes round.', round)
          },
        },
      }),
    )
    await expect(open.call('round')).rejects.toMatchObject({ code: 7, message: 'It goes round.' })
    await open.close()
  })

  it('tells which contract’s failure a defect is', async () => {
    const defect = () => {
      throw new TypeError('x is not a function')
    }
    const open = await openContract(
      defineContract({ contract: 'stt', methods: { transcribe: defect, get_languages: defect } }),
    )
    await expect(open.call('get_languages')).rejects.toMatchObject({
      code: 1100,
      message: 'The plugin failed unexpectedly: x is not a function.',
    })
  })
})
