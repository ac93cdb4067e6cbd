import { Timer } from '#dialogue/clock.ts'
import { UtteranceEars } from '#dialogue/ears.ts'
import type { Clock, Ears, ListenEvent } from '#dialogue/types.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { Lang } from '#protocol/speech.ts'
import type { ListenerPool } from '../listening/pool.ts'
import { SoundQueue } from './sound-queue.ts'

/** Milliseconds without sound from the client that count as silence: a microphone that is muted sends none. */
export const MUTED_AFTER = 1_000
/** Milliseconds without sound after which nobody is listened to until more comes. */
export const QUIET_AFTER = 60_000
/** Milliseconds after a failure in which sound is passed over: the next try would end as the last one did. */
export const DEAF_FOR = 3_000

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
    queue.push(samples)
    this.#words.take(samples.length / sampleRate)
    this.#muted.start(MUTED_AFTER, () => this.#words.isOpen && void this.finish())
    this.#quiet.start(QUIET_AFTER, () => this.close())
  }

  /** The sound is listened to as it comes. */
  listen(): void {}

  finish(): Promise<void> {
    const told = this.#words.finish()
    const seconds = this.#words.ending()
    if (seconds > 0) this.#queue?.push(new Float32Array(Math.round(seconds * this.#parts.sampleRate)))
    return told
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
      if (this.#queue && this.#heard < waiting.until - 0.001) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }
}
