import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import { LIFECYCLE } from '#protocol/contract-methods.ts'
import { HEALTH_KEPT, type HealthSample, type Json, type WireValue } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Clock } from '#dialogue/types.ts'
import type { SupervisionRules } from '../types.ts'
import { toJson } from '../wire/values.ts'
import type { Instance } from './instance.ts'

type Rules = Pick<SupervisionRules, 'healthEvery' | 'healthPatience' | 'missesAllowed'>

export interface HealthOptions {
  readonly rules: Rules
  readonly clock: Clock
  /** There is a new sample. */
  onSample(): void
  /** It did not answer, too many times one after another. */
  onLost(instance: Instance): void
}

const MAX_MESSAGE = 500
/** Characters of JSON; more than a sample's details should be is left out. */
const MAX_DETAILS = 4096

/** Asks a plugin how it is, time and again, and keeps what it said for a while. */
export class Health {
  readonly #options: HealthOptions
  #samples: readonly HealthSample[] = []
  #end = () => {}

  constructor(options: HealthOptions) {
    this.#options = options
  }

  /** Oldest first. */
  get samples(): readonly HealthSample[] {
    return this.#samples
  }

  /** Begins with a process; the one before is not asked any more. */
  begin(instance: Instance): void {
    this.stop()
    const { rules, clock, onLost } = this.#options
    let isOver = false
    let misses = 0
    let end = () => {}
    const ask = async () => {
      // While we do not read, there can be no answer.
      if (!instance.isHeld) {
        const sample = await this.#ask(instance)
        if (isOver) return
        this.#keep(sample)
        misses = sample.answered ? 0 : misses + 1
        if (misses >= rules.missesAllowed) return onLost(instance)
      }
      end = clock.after(rules.healthEvery, () => void ask())
    }
    this.#end = () => {
      isOver = true
      end()
    }
    void ask()
  }

  stop(): void {
    this.#end()
  }

  async #ask(instance: Instance): Promise<HealthSample> {
    const { rules, clock } = this.#options
    const at = new Date().toISOString()
    const from = clock.now()
    try {
      const answer = await instance.ask('health_check', {}, { timeout: rules.healthPatience })
      return { at, answered: true, took: clock.now() - from, ...told(answer) }
    } catch (error) {
      const { message, details } = toSeamError(error)
      // An error is an answer, too: it is alive. So is one that does not know the question.
      const answered = typeof details['code'] === 'number' || details['failure'] === 'BAD_RESULT'
      const status = details['code'] === RPC_ERRORS.METHOD_NOT_FOUND ? 'READY' : 'ERROR'
      return { at, answered, took: clock.now() - from, status, message: message.slice(0, MAX_MESSAGE) }
    }
  }

  #keep(sample: HealthSample): void {
    this.#samples = [...this.#samples, sample].slice(-HEALTH_KEPT)
    this.#options.onSample()
  }
}

function told(answer: WireValue): Pick<HealthSample, 'status' | 'message' | 'latencyMs' | 'memoryMb' | 'details'> {
  const json = toJson(answer)
  const read = LIFECYCLE.health_check.result.safeParse(json)
  if (!read.success) return { status: 'ERROR', message: 'It answered “health_check” with what is no health.' }
  const { status, message = '', latency_ms: latencyMs, memory_mb: memoryMb } = read.data
  const details = (json as { readonly details?: Json }).details
  return {
    status,
    message: message.slice(0, MAX_MESSAGE),
    ...(typeof latencyMs === 'number' && { latencyMs }),
    ...(typeof memoryMb === 'number' && { memoryMb }),
    ...(details !== undefined && JSON.stringify(details).length <= MAX_DETAILS && { details }),
  }
}
