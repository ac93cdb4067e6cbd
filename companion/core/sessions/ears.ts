import { Timer } from '#dialogue/clock.ts'
import { UtteranceEars } from '#dialogue/ears.ts'
import type { Clock, Ears, ListenEvent } from '#dialogue/types.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { Lang } from '#protocol/speech.ts'
import type { ListenerPool } from '../listening/pool.ts'
import { ClientEcho } from './echo.ts'
import { SoundQueue } from './sound-queue.ts'

/** Milliseconds without sound from the client that count as silence: a microphone that is muted sends none. */
export const MUTED_AFTER = 1_000
/** Milliseconds without sound after which nobody is listened to until more comes. */
export const QUIET_AFTER = 60_000
/** Milliseconds after a failure in which sound is passed over: the next try would end as the last one did. */
export const DEAF_FOR = 3_000
/** Seconds by which two ways to add up a sound may differ. */
const ROUNDING = 0.001

export interface SessionEarsParts {
  readonly clock: Clock
  readonly listeners: Pick<ListenerPool, 'listen'>
  /** Hz of what comes. */
  readonly sampleRate: number
  /** What is spoken, if the listener knows it. */
  lang(): Lang | undefined
  hear(event: ListenEvent): void
  /** More was heard of what waits. */
  progress(): void
  /** Listening has ended by itself. */
  failed(error: unknown): void
}

/** Hears what a client sends, from its first sound on. */
export class SessionEars implements Ears {
  readonly #parts: SessionEarsParts
  readonly #words: UtteranceEars
  readonly #muted: Timer
  readonly #quiet: Timer
  readonly #echo = new ClientEcho()
  readonly #waiting = new Set<{ readonly until: number; readonly resolve: () => void }>()
  #queue: SoundQueue | undefined
  #stop: AbortController | undefined
  #heard = 0
  #deafUntil = -Infinity

  constructor(parts: SessionEarsParts) {
    this.#parts = parts
    const { clock, hear } = parts
    this.#words = new UtteranceEars({ rules: CONVERSATION_RULES, hear })
    this.#muted = new Timer(clock)
    this.#quiet = new Timer(clock)
  }

  /** Seconds that came and were not heard yet. */
  get behind(): number {
    return this.#queue ? this.#words.taken - this.#heard : 0
  }

  /** @param samples mono, this listener's to keep */
  push(samples: Float32Array<ArrayBuffer>): void {
    const { clock, sampleRate } = this.#parts
    if (clock.now() < this.#deafUntil) return
    const queue = this.#queue ?? this.#begin()
    this.#words.take(samples.length / sampleRate)
    this.#give(queue, samples)
    // Whether something is open or not: what was sent may not have been heard yet.
    this.#muted.start(MUTED_AFTER, () => void this.finish())
    this.#rest()
  }

  /** The sound is listened to as it comes. */
  listen(): void {}

  get taken(): number {
    return this.#words.taken
  }

  finish(): Promise<void> {
    const told = this.#words.finish()
    const seconds = this.#words.ending()
    if (seconds > 0 && this.#queue) {
      this.#give(this.#queue, new Float32Array(Math.round(seconds * this.#parts.sampleRate)))
    }
    return told
  }

  /** What the client is sent, to be heard there. */
  sent(samples: Float32Array, sampleRate: number): void {
    this.#echo.sent(samples, sampleRate)
  }

  isEcho(from: number, to?: number): boolean | undefined {
    return this.#echo.isEcho(from, to)
  }

  /** Resolves when all that came before was heard. Its words may still be missing. */
  caughtUp(): Promise<void> {
    if (!this.#queue) return Promise.resolve()
    const until = this.#words.taken
    return new Promise(resolve => {
      this.#waiting.add({ until, resolve })
      this.#look()
    })
  }

  close(): void {
    this.#muted.stop()
    this.#quiet.stop()
    this.#stop?.abort()
    this.#stop = undefined
    this.#queue?.end()
    this.#queue = undefined
    this.#words.end()
    this.#look()
    this.#parts.progress()
  }

  #give(queue: SoundQueue, samples: Float32Array<ArrayBuffer>): void {
    this.#echo.heard(samples, this.#parts.sampleRate)
    queue.push(samples)
  }

  /** Closes when nothing has come for long, and nothing waits to be heard or to be told. */
  #rest(): void {
    const isBusy = () => this.#words.isOpen || this.behind > ROUNDING
    this.#quiet.start(QUIET_AFTER, () => (isBusy() ? this.#rest() : this.close()))
  }

  #begin(): SoundQueue {
    const queue = (this.#queue = new SoundQueue(this.#parts.sampleRate))
    const stop = (this.#stop = new AbortController())
    this.#heard = this.#words.taken
    this.#listen(queue, stop.signal).catch((error: unknown) => {
      if (stop.signal.aborted) return
      this.#deafUntil = this.#parts.clock.now() + DEAF_FOR
      this.close()
      this.#parts.failed(error)
    })
    return queue
  }

  async #listen(queue: SoundQueue, signal: AbortSignal): Promise<void> {
    const lang = this.#parts.lang()
    const run = {
      signal,
      ...(lang !== undefined && { lang }),
      rules: CONVERSATION_RULES,
      since: this.#words.begin(),
      onHeard: (seconds: number) => {
        if (signal.aborted) return
        this.#heard = seconds
        this.#words.heard(seconds)
        this.#look()
        this.#parts.progress()
      },
    }
    for await (const event of this.#parts.listeners.listen(queue, run)) {
      if (signal.aborted) return
      this.#words.tell(event)
    }
  }

  #look(): void {
    for (const waiting of [...this.#waiting]) {
      if (this.#queue && this.#heard < waiting.until - ROUNDING) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }
}
