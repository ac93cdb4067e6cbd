import { systemClock } from '#dialogue/clock.ts'
import type { Clock } from '#dialogue/types.ts'
import type { MethodSpec } from '#protocol/contract-methods.ts'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { CallRun, Slot, SlotOptions, SlotState, SupervisionRules } from '../types.ts'
import { hostFailure } from '../wire/failures.ts'
import { Entrance } from './entrance.ts'
import type { Instance } from './instance.ts'
import { judgeItem, judgeParams, judgeResult } from './judge.ts'
import { Keeper } from './keeper.ts'
import { specOf } from './methods.ts'
import { SUPERVISION } from './rules.ts'
import { Sessions } from './sessions.ts'
import { captureState, restoreState } from './state.ts'
import { unless } from './waiting.ts'
import { Watchers } from './watchers.ts'

type Params = Readonly<Record<string, WireValue>>

/** Calls that wait for a plugin to be ready, or for others to end. */
export const MOST_WAITING = 1000

/** Nothing is started before the first call. */
export const openSlot = (options: SlotOptions): Slot => new SupervisedSlot(options)

class SupervisedSlot implements Slot {
  readonly name: string
  readonly #options: SlotOptions
  readonly #clock: Clock
  readonly #entrance: Entrance
  readonly #sessions = new Sessions()
  readonly #watchers: Watchers
  readonly #keeper: Keeper
  #waiting = 0
  #lastUsed: number | undefined

  constructor(options: SlotOptions) {
    const rules: SupervisionRules = { ...SUPERVISION, ...options.rules }
    const { clock = systemClock } = options
    this.name = options.name
    this.#options = options
    this.#clock = clock
    this.#entrance = new Entrance(rules.maxInFlight)
    this.#watchers = new Watchers(clock)
    this.#keeper = new Keeper({
      ...options,
      clock,
      rules,
      entrance: this.#entrance,
      sessions: this.#sessions,
      changed: () => this.#watchers.tell(),
    })
  }

  get state(): SlotState {
    const { active } = this.#entrance
    const state = this.#keeper.state
    return {
      ...state,
      status: state.status === 'READY' && active > 0 ? 'BUSY' : state.status,
      inFlight: active,
      ...(this.#lastUsed !== undefined && { lastUsed: this.#lastUsed }),
    }
  }

  async call(method: string, params: Params, run: CallRun = {}): Promise<WireValue> {
    const spec = this.#spec(method)
    const given = judgeParams(spec, params)
    for (let isFirst = true; ; isFirst = false) {
      const { instance, leave } = await this.#enter(run.signal, this.#sessions.has(method, given))
      try {
        const result = await instance.ask(method, given, asked(run))
        this.#sessions.note(method, given, result, this.#clock.now())
        return judgeResult(spec, this.name, result)
      } catch (error) {
        if (!isFirst || !mayRepeat(error, spec)) throw error
      } finally {
        leave()
      }
    }
  }

  async *stream(method: string, params: Params, run: CallRun = {}): AsyncGenerator<WireValue> {
    const spec = this.#spec(method)
    const given = judgeParams(spec, params)
    for (let isFirst = true; ; isFirst = false) {
      const { instance, leave } = await this.#enter(run.signal, false)
      const items = instance.stream(method, given, asked(run))
      let hasItems = false
      try {
        let next = await items.next()
        for (; !next.done; next = await items.next()) {
          hasItems = true
          yield judgeItem(spec, this.name, next.value)
        }
        const result = judgeResult(spec, this.name, next.value)
        if (result !== null) yield result
        return
      } catch (error) {
        if (!isFirst || hasItems || !mayRepeat(error, spec)) throw error
      } finally {
        await items.return(null)
        leave()
      }
    }
  }

  load(signal?: AbortSignal): Promise<void> {
    return unless(this.#keeper.load(), signal)
  }

  unload(): Promise<void> {
    return this.#keeper.unload()
  }

  swap(signal?: AbortSignal): Promise<void> {
    return this.#keeper.swap(signal)
  }

  async capture(): Promise<Json> {
    const { instance, leave } = await this.#enter(undefined, false)
    try {
      return await captureState(instance, this.name, { timeout: instance.launch.callTimeout })
    } finally {
      leave()
    }
  }

  async restore(state: Json): Promise<void> {
    const { instance, leave } = await this.#enter(undefined, false)
    try {
      await restoreState(instance, this.name, state, { timeout: instance.launch.callTimeout })
    } finally {
      leave()
    }
  }

  release(): void {
    this.#keeper.release()
  }

  watch(listener: () => void): () => void {
    return this.#watchers.add(listener)
  }

  async close(): Promise<void> {
    await this.#keeper.close()
    this.#watchers.close()
  }

  #spec(method: string): MethodSpec | undefined {
    const { name, methods } = this.#options
    return specOf(method, methods, this.#keeper.state.methods, name)
  }

  /** Waits until there is a process that takes the call. @param isAwaited whether what is under way waits for it */
  async #enter(
    signal: AbortSignal | undefined,
    isAwaited: boolean,
  ): Promise<{ instance: Instance; leave: () => void }> {
    if (this.#waiting >= MOST_WAITING) {
      throw hostFailure('TOO_MANY_CALLS', `has ${MOST_WAITING} calls waiting already.`, { plugin: this.name })
    }
    this.#waiting += 1
    try {
      for (;;) {
        if (signal?.aborted) throw new SeamError('cancelled', 'The call was cancelled.', { cause: signal.reason })
        const instance = this.#keeper.current
        if (!instance) await unless(this.#keeper.ready(), signal)
        // What it said last is still read: a call that it never saw waits for the next one.
        else if (instance.isGone) await unless(instance.gone, signal)
        else if (!this.#entrance.isOpen(isAwaited)) await this.#entrance.changed(signal)
        else return { instance, leave: this.#begin() }
      }
    } finally {
      this.#waiting -= 1
    }
  }

  #begin(): () => void {
    const end = this.#entrance.begin()
    this.#lastUsed = this.#clock.now()
    this.#watchers.tell()
    return () => {
      end()
      this.#lastUsed = this.#clock.now()
      this.#watchers.tell()
    }
  }
}

const asked = ({ signal, timeout }: CallRun) => ({ signal, ...(timeout !== undefined && { timeout }) })

/** Whether a call that the end of the process cut off may be made again. */
const mayRepeat = (error: unknown, spec: MethodSpec | undefined) =>
  spec?.retry === true && toSeamError(error).details['failure'] === 'EXITED'
