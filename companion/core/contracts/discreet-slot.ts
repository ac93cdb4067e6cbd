import type { HealthSample, Json, WireValue } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { CallRun, Slot, SlotState } from './types.ts'

type Params = Readonly<Record<string, WireValue>>

/**
 * A slot whose errors and health do not tell what the plugin was given as a secret: it may have said it aloud, and what
 * it said stands in them. @param hide strikes secrets out of a text
 */
export class DiscreetSlot implements Slot {
  readonly #slot: Slot
  readonly #hide: (text: string) => string
  /** The state is asked for many times a second. */
  readonly #samples = new WeakMap<HealthSample, HealthSample>()

  constructor(slot: Slot, hide: (text: string) => string) {
    this.#slot = slot
    this.#hide = hide
  }

  get name(): string {
    return this.#slot.name
  }

  get state(): SlotState {
    const { failure, health, ...state } = this.#slot.state
    return {
      ...state,
      health: health.map(sample => this.#healthOf(sample)),
      ...(failure && { failure: this.#discreet(failure) }),
    }
  }

  call(method: string, params: Params, run?: CallRun): Promise<WireValue> {
    return this.#told(this.#slot.call(method, params, run))
  }

  async *stream(method: string, params: Params, run?: CallRun): AsyncGenerator<WireValue> {
    try {
      yield* this.#slot.stream(method, params, run)
    } catch (error) {
      throw this.#discreet(error)
    }
  }

  load(signal?: AbortSignal): Promise<void> {
    return this.#told(this.#slot.load(signal))
  }

  unload(): Promise<void> {
    return this.#told(this.#slot.unload())
  }

  swap(signal?: AbortSignal): Promise<void> {
    return this.#told(this.#slot.swap(signal))
  }

  capture(): Promise<Json> {
    return this.#told(this.#slot.capture())
  }

  restore(state: Json): Promise<void> {
    return this.#told(this.#slot.restore(state))
  }

  release(): void {
    this.#slot.release()
  }

  watch(listener: () => void): () => void {
    return this.#slot.watch(listener)
  }

  close(): Promise<void> {
    return this.#slot.close()
  }

  async #told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw this.#discreet(error)
    }
  }

  #healthOf(sample: HealthSample): HealthSample {
    const known = this.#samples.get(sample)
    if (known) return known
    const { message, details } = sample
    const told = {
      ...sample,
      message: this.#hide(message),
      ...(details !== undefined && { details: this.#jsonOf(details) }),
    }
    this.#samples.set(sample, told)
    return told
  }

  #jsonOf(value: Json): Json {
    if (typeof value === 'string') return this.#hide(value)
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map((one: Json) => this.#jsonOf(one))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#jsonOf(one as Json)]))
  }

  #discreet(error: unknown): SeamError {
    const { code, message, retryable, details } = toSeamError(error)
    const hidden = Object.entries(details).map(([key, value]) => [
      key,
      typeof value === 'string' ? this.#hide(value) : value,
    ])
    return new SeamError(code, this.#hide(message), { retryable, details: Object.fromEntries(hidden), cause: error })
  }
}
