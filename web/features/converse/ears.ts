import { UtteranceEars } from '#dialogue/ears.ts'
import type { Ears, ListenEvent } from '#dialogue/types.ts'
import { EchoMeter } from '#dsp/echo-meter.ts'
import { Intake } from '#dsp/intake.ts'
import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { Lang } from '#protocol/speech.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import type { StudioTranscriber } from '../studio.ts'

/** Seconds of what is heard now that tell whether it is the loudspeaker. */
const LATEST = 0.8

export interface EarsHooks {
  readonly lang: () => Lang
  hear(event: ListenEvent): void
  /** Sound on its way to the listener, mono at HEARING_RATE. Times of events count along it. */
  taken(samples: Float32Array): void
  /** Listening has ended by itself. */
  failed(error: unknown): void
}

/** Hears one microphone for a dialogue. Times go on where the last microphone ended. */
export class MicrophoneEars implements Ears {
  readonly #transcriber: StudioTranscriber
  readonly #hooks: EarsHooks
  readonly #utterances: UtteranceEars
  readonly #near = new Intake(HEARING_RATE, 1)
  readonly #far = new Intake(HEARING_RATE, 1)
  readonly #echo = new EchoMeter(HEARING_RATE)
  #stop: AbortController | undefined

  constructor(transcriber: StudioTranscriber, hooks: EarsHooks) {
    this.#transcriber = transcriber
    this.#hooks = hooks
    this.#utterances = new UtteranceEars({ rules: CONVERSATION_RULES, hear: event => hooks.hear(event) })
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
    this.#utterances.end()
  }

  /** The microphone is live from `start` to `close`. */
  listen(): void {}

  get taken(): number {
    return this.#utterances.taken
  }

  finish(): Promise<void> {
    return this.#utterances.finish()
  }

  /** What the speakers give out, as they do. */
  played(samples: Float32Array, sampleRate: number): void {
    if (!this.#stop) return
    const { samples: played, frames } = this.#far.take(samples, sampleRate, 1)
    this.#echo.far(played.subarray(0, frames))
  }

  isEcho(from: number, to?: number): boolean | undefined {
    if (to !== undefined) return this.#echo.isEcho(from, to)
    const { taken } = this.#utterances
    return this.#echo.isEcho(Math.max(from, taken - LATEST), taken)
  }

  async #run(microphone: Microphone, signal: AbortSignal): Promise<void> {
    const run = {
      signal,
      live: true,
      lang: this.#hooks.lang(),
      rules: CONVERSATION_RULES,
      since: this.#utterances.begin(),
    }
    for await (const event of this.#transcriber.listen(this.#sound(microphone), run)) {
      signal.throwIfAborted()
      // Silence says how far was heard, and nothing else.
      if (event.kind === 'silence') this.#utterances.heard(event.settled)
      else this.#utterances.tell(event)
    }
  }

  async *#sound(microphone: Microphone): AsyncGenerator<SoundChunk> {
    for await (const chunk of microphone.sound()) {
      this.#utterances.take(chunk.samples.length / chunk.channels / chunk.sampleRate)
      yield this.#take(chunk)
      const silence = this.#utterances.ending()
      if (silence === 0) continue
      const samples = new Float32Array(Math.round(silence * chunk.sampleRate))
      yield this.#take({ samples, sampleRate: chunk.sampleRate, channels: 1 })
    }
  }

  #take(chunk: SoundChunk): SoundChunk {
    const { samples, frames } = this.#near.take(chunk.samples, chunk.sampleRate, chunk.channels)
    const taken = samples.subarray(0, frames)
    this.#echo.near(taken)
    this.#hooks.taken(taken)
    return chunk
  }
}
