import type { Ears, ListenEvent } from '#dialogue/types.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import type { Lang } from '#protocol/speech.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import type { StudioTranscriber } from '../studio.ts'

/** Seconds of silence that end an utterance at once when a key is released. */
const ENDING = CONVERSATION_RULES.hardEnd + 0.06
/** Milliseconds in which speech of the last moment shows itself. */
const LATE = 250

export interface EarsHooks {
  readonly lang: () => Lang
  hear(event: ListenEvent): void
  /** Sound on its way to the listener, mono. Times of events count along it. */
  taken(samples: Float32Array, sampleRate: number): void
  /** Listening has ended by itself. */
  failed(error: unknown): void
}

interface Waiting {
  readonly until: number
  readonly resolve: () => void
}

/** Hears one microphone for a dialogue. Times go on where the last microphone ended. */
export class MicrophoneEars implements Ears {
  readonly #transcriber: StudioTranscriber
  readonly #hooks: EarsHooks
  readonly #open = new Set<number>()
  readonly #waiting = new Set<Waiting>()
  #stop: AbortController | undefined
  /** Seconds that were taken in, silence of our own included. */
  #taken = 0
  #utterance = 0
  #silence = false

  constructor(transcriber: StudioTranscriber, hooks: EarsHooks) {
    this.#transcriber = transcriber
    this.#hooks = hooks
  }

  get live(): boolean {
    return this.#stop !== undefined
  }

  /** Listens until `close`, or until the microphone ends. */
  start(microphone: Microphone): void {
    this.close()
    const stop = (this.#stop = new AbortController())
    void this.#run(microphone, stop.signal)
      .catch((error: unknown) => stop.signal.aborted || this.#hooks.failed(error))
      .finally(() => this.#stop === stop && this.close())
  }

  close(): void {
    this.#stop?.abort()
    this.#stop = undefined
    this.#open.clear()
    this.#release(Infinity)
  }

  /** The microphone is live from `start` to `close`. */
  listen(): void {}

  finish(): Promise<void> {
    if (!this.#stop) return Promise.resolve()
    this.#silence = true
    const until = this.#taken
    return new Promise(resolve => {
      const waiting: Waiting = { until, resolve }
      this.#waiting.add(waiting)
      setTimeout(() => this.#open.size === 0 && this.#settle(waiting), LATE)
    })
  }

  async #run(microphone: Microphone, signal: AbortSignal): Promise<void> {
    const run = {
      signal,
      live: true,
      lang: this.#hooks.lang(),
      rules: CONVERSATION_RULES,
      since: { at: this.#taken, utterance: this.#utterance },
    }
    for await (const event of this.#transcriber.listen(this.#sound(microphone), run)) {
      signal.throwIfAborted()
      this.#tell(event)
    }
  }

  async *#sound(microphone: Microphone): AsyncGenerator<SoundChunk> {
    for await (const chunk of microphone.sound()) {
      yield this.#take(chunk)
      if (!this.#silence) continue
      this.#silence = false
      const samples = new Float32Array(Math.round(ENDING * chunk.sampleRate))
      yield this.#take({ samples, sampleRate: chunk.sampleRate, channels: 1 })
    }
  }

  #take(chunk: SoundChunk): SoundChunk {
    this.#hooks.taken(chunk.samples, chunk.sampleRate)
    this.#taken += chunk.samples.length / chunk.channels / chunk.sampleRate
    return chunk
  }

  #tell(event: HearingEvent): void {
    if (event.kind === 'speech-start') {
      // A worker that took another's place tells of it again.
      if (this.#open.has(event.utterance)) return
      this.#open.add(event.utterance)
      this.#utterance = Math.max(this.#utterance, event.utterance + 1)
    }
    this.#hooks.hear(withNow(event))
    if (!('settled' in event)) return
    if (event.kind !== 'silence') this.#open.delete(event.utterance)
    this.#release(event.settled)
  }

  /** Whoever waits for all words up to a time that is settled now. */
  #release(settled: number): void {
    for (const waiting of [...this.#waiting]) {
      if (settled >= waiting.until || (settled > 0 && this.#open.size === 0)) this.#settle(waiting)
    }
  }

  #settle(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.resolve()
  }
}

/**
 * How far it had been listened to when it was told. Not what was taken in since: on a busy machine that waits to be
 * listened to, and somebody may speak in it.
 */
function withNow(event: HearingEvent): ListenEvent {
  if (event.kind === 'soft-end') return { ...event, now: event.at + CONVERSATION_RULES.softEnd }
  if (event.kind === 'speech-end') return { ...event, now: event.at + CONVERSATION_RULES.hardEnd }
  return event
}
