import { describe, expect, it, vi } from 'vitest'
import type { ContractEvent, ContractInfo, ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { CompanionStatus } from '#protocol/status.ts'
import type { CompanionState } from '../companion/types.ts'
import { light } from '../features/contract-testing.ts'
import { createContractShelf, LEFT_ALONE } from './contracts.ts'

/** A companion whose plugins and events a test tells. */
function companion(first: readonly ContractLight[]) {
  const listeners = new Set<() => void>()
  const events: ContractEvent[] = []
  let wake = () => {}
  let state: CompanionState = 'paired'
  let lights = first
  let now = 1_000_000
  let opened = 0
  async function* changes({ signal }: { signal?: AbortSignal }) {
    opened++
    for (;;) {
      if (signal?.aborted) return
      while (events.length > 0) yield events.shift()!
      await new Promise<void>(resolve => {
        wake = resolve
        signal?.addEventListener('abort', () => resolve())
      })
    }
  }
  const shelf = createContractShelf({
    companion: {
      get state() {
        return state
      },
      get status() {
        return { contracts: lights } as CompanionStatus
      },
      watch(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    changes,
    now: () => now,
  })
  return {
    shelf,
    opened: () => opened,
    become(next: CompanionState, these = lights) {
      state = next
      lights = these
      listeners.forEach(listener => listener())
    },
    async tell(...told: ContractEvent[]) {
      events.push(...told)
      wake()
      await new Promise(resolve => setTimeout(resolve))
    },
    pass: (milliseconds: number) => (now += milliseconds),
  }
}

const info = (of: ContractLight): ContractEvent => ({ kind: 'info', info: of as ContractInfo })
const kokoro = light('kokoro', 'tts', { displayName: 'Kokoro' })

describe('the lights of the companion’s plugins', () => {
  it('come with its status, change with what it tells, and go with it', async () => {
    const { shelf, tell, become } = companion([kokoro])
    const seen = vi.fn()
    shelf.watch(seen)
    expect(shelf.lights).toEqual([kokoro])
    await tell(info({ ...kokoro, status: 'ERROR' }), info(light('moonshine', 'stt')))
    expect(shelf.lights.map(({ name, status }) => [name, status])).toEqual([
      ['kokoro', 'ERROR'],
      ['moonshine', 'READY'],
    ])
    await tell({ kind: 'gone', name: 'kokoro' })
    expect(shelf.lights.map(({ name }) => name)).toEqual(['moonshine'])
    become('absent')
    expect(shelf.lights).toEqual([])
    expect(seen).toHaveBeenCalled()
    shelf.close()
  })

  it('are not told anew where only its health is another', async () => {
    const { shelf, tell } = companion([kokoro])
    const seen = vi.fn()
    shelf.watch(seen)
    await tell({ kind: 'info', info: { ...kokoro, health: [{ took: 3 }] } as unknown as ContractInfo })
    expect(seen).not.toHaveBeenCalled()
    shelf.close()
  })

  it('have the words of a plugin that says that it can’t work, which is asked for nothing until it can', async () => {
    const ollama = light('ollama', 'llm')
    const ailment = { need: 'server', message: 'Ollama does not answer.' } as const
    const { shelf, tell, become } = companion([kokoro, { ...ollama, ailment }])
    expect(shelf.lights).toEqual([kokoro, { ...ollama, ailment }])
    expect(shelf.isUp('ollama')).toBe(false)
    await tell(info({ ...ollama, status: 'BUSY', ailment: { message: 'It broke.' } }))
    expect(shelf.find('ollama')).toMatchObject({ status: 'BUSY', ailment: { message: 'It broke.' } })
    expect(shelf.isUp('ollama')).toBe(false)
    // Started anew it is not asked before it is ready.
    await tell(info({ ...ollama, status: 'INITIALIZING' }))
    expect(shelf.isUp('ollama')).toBe(false)
    await tell(info(ollama))
    expect(shelf.lights).toEqual([kokoro, ollama])
    expect(shelf.isUp('ollama')).toBe(true)
    become('paired', [kokoro, { ...ollama, ailment }])
    expect(shelf.isUp('ollama')).toBe(false)
    shelf.close()
  })

  it('are followed only where there is something to follow', () => {
    const none = companion([])
    expect(none.opened()).toBe(0)
    none.become('paired', [kokoro])
    none.become('paired', [kokoro])
    expect(none.opened()).toBe(1)
    none.shelf.close()
  })
})

describe('a plugin is worth asking', () => {
  it.each([
    ['it is ready', {}, true],
    ['it was not started yet', { status: 'UNLOADED' }, true],
    ['it starts for the first time', { status: 'INITIALIZING' }, true],
    ['it failed', { status: 'ERROR' }, false],
    ['it lacks packages', { need: 'dependencies' }, false],
    ['it is in quarantine', { quarantined: true }, false],
  ] as const)('%s', (_, more, expected) => {
    const { shelf } = companion([{ ...kokoro, ...more }])
    expect(shelf.isUp('kokoro')).toBe(expected)
    expect(shelf.isUp('other')).toBe(false)
    shelf.close()
  })

  it('again when it is ready after it went down, and not while it starts', async () => {
    const { shelf, tell } = companion([kokoro])
    await tell(info({ ...kokoro, status: 'ERROR' }))
    await tell(info({ ...kokoro, status: 'INITIALIZING' }))
    expect(shelf.isUp('kokoro')).toBe(false)
    await tell(info(kokoro))
    expect(shelf.isUp('kokoro')).toBe(true)
    shelf.close()
  })

  it('again some time after it failed in work, though its light stayed green', () => {
    const { shelf, pass } = companion([kokoro])
    shelf.failed('kokoro', 'voice', new SeamError('engine', 'It broke.'))
    expect(shelf.isUp('kokoro')).toBe(false)
    pass(LEFT_ALONE - 1)
    expect(shelf.isUp('kokoro')).toBe(false)
    pass(1)
    expect(shelf.isUp('kokoro')).toBe(true)
    shelf.close()
  })

  it('again as soon as it was started anew, however lately it failed in work', async () => {
    const { shelf, tell } = companion([kokoro])
    shelf.failed('kokoro', 'voice', new SeamError('engine', 'It broke.'))
    await tell(info({ ...kokoro, status: 'ERROR' }))
    await tell(info(kokoro))
    expect(shelf.isUp('kokoro')).toBe(true)
    shelf.close()
  })
})

it('keeps what went wrong, once for each plugin and part, until it is dismissed', () => {
  const { shelf } = companion([kokoro])
  shelf.failed('kokoro', 'voice', new SeamError('engine', 'First.'))
  shelf.failed('kokoro', 'voice', new SeamError('engine', 'Second.'))
  expect(shelf.troubles).toMatchObject([{ name: 'kokoro', displayName: 'Kokoro', part: 'voice' }])
  expect(shelf.troubles[0]!.error.message).toBe('Second.')
  shelf.dismiss(shelf.troubles[0]!)
  expect(shelf.troubles).toEqual([])
  shelf.close()
})
