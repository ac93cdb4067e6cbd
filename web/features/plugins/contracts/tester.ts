import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { commandLine, type ContractCall } from '#protocol/contract-command.ts'
import type { Json } from '#protocol/contracts.ts'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { useStudio } from '../../studio.ts'
import type { Draft } from './form.ts'

/** Calls that are kept to be looked at and repeated; the oldest go. */
export const MAX_CALLS = 30
/** Items of one stream that are kept: a stream may go on for ever. */
export const MAX_ITEMS = 5000

/** Milliseconds between two redraws of a stream: a model may say hundreds of words a second. */
const REDRAW_EVERY = 50

/** One call, as it is now. A change makes a new object. */
export interface TestCall extends ContractCall {
  readonly id: string
  /** What stood in the form. */
  readonly draft: Draft
  readonly streams: boolean
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  /** When it was begun, as ISO 8601. */
  readonly at: string
  readonly items: readonly Json[]
  /** Items that came, kept or not. */
  readonly count: number
  readonly result?: Json
  readonly failure?: SeamError
  /** Milliseconds until the first item, and until the end, as measured in the companion. */
  readonly first?: number
  readonly took?: number
  readonly command: string
}

/** What a call is begun with. */
export interface TestWish extends ContractCall {
  readonly draft: Draft
  readonly streams: boolean
}

/** Calls that the tester has made, the newest first. They outlive a change of rooms, and end with the page. */
export const useTester = defineStore('contract-tester', () => {
  const { contractService: service } = useStudio()
  const calls = shallowRef<readonly TestCall[]>([])
  /** The one whose result is shown, a plugin each. */
  const chosen = ref<Readonly<Record<string, string>>>({})
  /** What stands in the form of a plugin's method. */
  const drafts = shallowRef<ReadonlyMap<string, Draft>>(new Map())
  const methods = ref<Readonly<Record<string, string>>>({})
  const ending = new Map<string, AbortController>()

  const change = (id: string, patch: Partial<TestCall>) => {
    calls.value = calls.value.map(call => (call.id === id ? { ...call, ...patch } : call))
  }

  /**
   * Calls, and keeps what comes of it. Never rejects: the call says how it went.
   * @param onItem hears each item as it comes
   */
  async function begin(wish: TestWish, onItem?: (item: Json) => void): Promise<TestCall> {
    const id = crypto.randomUUID()
    const abort = new AbortController()
    ending.set(id, abort)
    const { name } = wish
    const begun: TestCall = {
      ...wish,
      id,
      state: 'running',
      at: new Date().toISOString(),
      items: [],
      count: 0,
      command: commandLine(wish, wish.streams),
    }
    calls.value = [begun, ...calls.value].slice(0, MAX_CALLS)
    choose(name, id)
    const began = performance.now()
    try {
      change(id, {
        state: 'done',
        ...(await (wish.streams ? stream(id, wish, abort.signal, onItem) : answer(wish, abort.signal))),
      })
    } catch (error) {
      const failure = toSeamError(error)
      const cancelled = abort.signal.aborted || failure.code === 'cancelled'
      const took = performance.now() - began
      change(id, cancelled ? { state: 'cancelled', took } : { state: 'failed', failure, took })
    } finally {
      ending.delete(id)
    }
    return calls.value.find(call => call.id === id) ?? begun
  }

  async function answer(wish: TestWish, signal: AbortSignal): Promise<Partial<TestCall>> {
    const { result, took } = await service.call(wish, signal)
    return { result, took }
  }

  async function stream(
    id: string,
    wish: TestWish,
    signal: AbortSignal,
    onItem: ((item: Json) => void) | undefined,
  ): Promise<Partial<TestCall>> {
    const items: Json[] = []
    let count = 0
    let first: number | undefined
    let drawn = -Infinity
    const draw = () => change(id, { items: [...items], count, ...(first === undefined ? {} : { first }) })
    try {
      for await (const line of service.stream(wish, { signal })) {
        if ('report' in line) return { result: line.report.result, took: line.report.took }
        count++
        if (items.length < MAX_ITEMS) items.push(line.item)
        first ??= line.at
        onItem?.(line.item)
        if (performance.now() - drawn < REDRAW_EVERY) continue
        drawn = performance.now()
        draw()
      }
      return {}
    } finally {
      // What came before a failure is kept.
      draw()
    }
  }

  const cancel = (id: string) => ending.get(id)?.abort()

  /** What failed because of a plugin's quarantine is not shown any more once that has ended. */
  function released(name: string): void {
    const call = calls.value.find(({ id }) => id === chosen.value[name])
    if (call?.failure?.details['failure'] === 'QUARANTINED') choose(name, '')
  }

  function choose(name: string, id: string): void {
    chosen.value = { ...chosen.value, [name]: id }
  }

  const key = (name: string, method: string) => `${name} ${method}`
  function keepDraft(name: string, method: string, draft: Draft): void {
    drafts.value = new Map(drafts.value).set(key(name, method), draft)
  }
  function pick(name: string, method: string): void {
    methods.value = { ...methods.value, [name]: method }
  }

  return {
    of: (name: string) => calls.value.filter(call => call.name === name),
    /** The call of a plugin whose result is shown. */
    shown: (name: string) => calls.value.find(({ id }) => id === chosen.value[name]),
    running: (name: string) => calls.value.find(call => call.name === name && call.state === 'running'),
    draft: (name: string, method: string): Draft => drafts.value.get(key(name, method)) ?? {},
    /** The method that the form of a plugin is for. */
    methods: computed(() => methods.value),
    begin,
    cancel,
    choose,
    released,
    keepDraft,
    pick,
    /** Puts what was called into the form again. */
    takeUp(call: TestCall): void {
      keepDraft(call.name, call.method, call.draft)
      pick(call.name, call.method)
      choose(call.name, call.id)
    },
    clear(name: string): void {
      calls.value = calls.value.filter(call => call.name !== name || call.state === 'running')
    },
  }
})
