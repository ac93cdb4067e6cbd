import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readContract } from '../../contracts/discovery.ts'
import type { Launch } from '../../contracts/types.ts'
import { CONTRACT_CASES } from './cases.ts'
import { judge, testContracts } from './kit.ts'
import { ContractSubject, type Patience } from './subject.ts'
import { BROKEN, type Trying } from './testing/broken-plugins.ts'
import { modelPlugin, type Change } from './testing/model-plugin.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const parent = mkdtempSync(join(tmpdir(), 'voxloom-kit-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

/** Long enough for a plugin that does its work, short enough for those that never do. */
const PATIENCE: Partial<Patience> = { quick: 10_000, ending: 10_000, stall: 500 }

function launch(folder: string): Launch {
  return {
    command: { program: process.execPath, args: ['main.mjs'], folder, env: { PATH: process.env['PATH'] ?? '' } },
    config: {},
    dataFolder: parent,
    initializeTimeout: 30_000,
    callTimeout: 60_000,
  }
}

async function runCase(id: string, changes: readonly Change[], { contract = 'tts', ...patience }: Trying = {}) {
  const folder = modelPlugin(parent, contract, changes)
  const subject = new ContractSubject({ name: 'model', contract }, launch(folder), { ...PATIENCE, ...patience })
  try {
    return await judge(
      CONTRACT_CASES.find(each => each.id === id)!,
      subject,
    )
  } finally {
    await subject.close()
  }
}

// They mostly wait.
describe.concurrent('a plugin that keeps every rule', () => {
  it.each(['tts', 'stt', 'llm', 'lipsync'])('passes, with the contract %s', async contract => {
    const changes: Change[] = contract === 'lipsync' ? [['contracts[contract]', '{}']] : []
    const plugin = readContract(modelPlugin(parent, contract, changes))
    const told: string[] = []
    const [suite] = await testContracts([plugin], {
      launch: async ({ folder }) => launch(folder),
      patience: PATIENCE,
      onResult: (_, { id }) => told.push(id),
    })
    expect(suite!.results.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(told).toEqual(CONTRACT_CASES.map(({ id }) => id))
    const idle = suite!.results.filter(({ verdict }) => verdict === 'not-applicable').map(({ id }) => id)
    const without: Record<string, readonly string[]> = { tts: ['sessions'], stt: ['stream'], llm: ['sessions'] }
    if (without[contract]) expect(idle).toEqual(without[contract])
  })
})

describe.concurrent('the kit finds what is broken', () => {
  for (const [id, broken, changes, words, trying] of BROKEN) {
    it(`${id}: a plugin that ${broken}`, async () => {
      const { verdict, message } = await runCase(id, changes, trying)
      expect({ verdict, message }).toEqual({ verdict: 'failed', message: expect.stringContaining(words) })
    })
  }

  it('has a broken plugin for each rule', () => {
    const found = new Set(BROKEN.map(([id]) => id))
    expect(CONTRACT_CASES.map(({ id }) => id).filter(id => !found.has(id))).toEqual([])
  })
})

describe('what can’t be tried', () => {
  it('is said with its reason, and the others are tried', async () => {
    const broken = readContract(modelPlugin(parent, 'Not a contract!'))
    const lacking = readContract(modelPlugin(parent, 'tts'))
    const suites = await testContracts([broken, lacking], {
      launch: () => Promise.reject(new Error('There is no Python here.')),
    })
    expect(suites.map(({ results }) => results)).toMatchObject([
      [{ id: 'manifest', verdict: 'failed', message: expect.stringContaining('contract') }],
      [{ id: 'prepare', verdict: 'failed', message: 'There is no Python here.' }],
    ])
  })

  it('is not asked further when it never got ready', async () => {
    const plugin = readContract(
      modelPlugin(parent, 'tts', [['methods = contracts', 'process.exit(3); methods = contracts']]),
    )
    const [suite] = await testContracts([plugin], { launch: async ({ folder }) => launch(folder), patience: PATIENCE })
    const verdicts = suite!.results.map(({ verdict }) => verdict)
    expect(verdicts[0]).toBe('failed')
    expect(new Set(verdicts.slice(1))).toEqual(new Set(['not-applicable']))
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const tested = testContracts([readContract(modelPlugin(parent, 'tts'))], {
      launch: async ({ folder }) => launch(folder),
      signal: stop.signal,
      onResult: () => stop.abort(),
    })
    await expect(tested).rejects.toThrow()
  })
})
