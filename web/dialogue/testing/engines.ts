import type { LanguageModel, Message, ReplyRun } from '#protocol/language.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { findWords } from '../words.ts'
import type { HandClock } from './clock.ts'

/** What a scripted model does next: gives a piece, waits so many milliseconds, fails, or never answers. */
export type ModelStep = string | number | Error | 'hangs'

/** Answers each request with the next of its scripts, and the last of them for ever. */
export class ScriptedModel implements LanguageModel {
  readonly info = { id: 'scripted', name: 'Scripted', kind: 'echo' } as const
  readonly asked: (readonly Message[])[] = []
  /** Requests whose work was ended before their script was. */
  broken = 0
  scripts: readonly (readonly ModelStep[])[]
  readonly #clock: HandClock

  constructor(clock: HandClock, ...scripts: readonly (readonly ModelStep[])[]) {
    this.#clock = clock
    this.scripts = scripts
  }

  health = () => Promise.resolve({ state: 'ready', models: [] } as const)

  async *reply(messages: readonly Message[], { signal }: ReplyRun = {}): AsyncGenerator<string> {
    const script = this.scripts[Math.min(this.asked.length, this.scripts.length - 1)] ?? []
    this.asked.push(messages)
    let over = false
    try {
      for (const step of script) {
        if (signal?.aborted) return
        if (step instanceof Error) throw step
        if (step === 'hangs') await new Promise(() => {})
        else if (typeof step === 'number') await this.#clock.wait(step, signal)
        else yield step
      }
      over = true
    } finally {
      if (!over) this.broken += 1
    }
  }
}

/** Samples a second of scripted speech: few, so that tests are quick. */
export const SPEECH_RATE = 1_000
/** UTF-16 units that it speaks in a second. */
export const SPEECH_PACE = 20
const CHUNK = 0.5

/** Speaks at an even pace; every sample is 1. */
export class ScriptedSpeech implements SpeechEngine {
  readonly info = { id: 'scripted', name: 'Scripted', version: '1', languages: ['en-us'], sampleRate: SPEECH_RATE }
  readonly segments: Segment[] = []
  /** Milliseconds that each chunk takes to make. */
  work = 0
  /** Chunks after which it fails. */
  failsAfter = Infinity
  times = true
  readonly #clock: HandClock
  #made = 0

  constructor(clock: HandClock) {
    this.#clock = clock
  }

  supports = () => true
  load = () => Promise.resolve()
  voices = () => Promise.resolve([])
  close = () => Promise.resolve()

  /** Seconds of sound that were made. */
  seconds = 0

  async *speak(segments: AsyncIterable<Segment>, { signal }: Run = {}): AsyncGenerator<PcmChunk> {
    for await (const segment of segments) {
      this.segments.push(segment)
      const seconds = segment.text.length / SPEECH_PACE
      const words = this.times ? findWords(segment.text) : []
      for (let at = 0; at < seconds; at += CHUNK) {
        if (this.work > 0) await this.#clock.wait(this.work, signal)
        if (this.#made >= this.failsAfter) throw new Error('The voice broke.')
        this.#made += 1
        const length = Math.min(CHUNK, seconds - at)
        this.seconds += length
        yield {
          samples: new Float32Array(Math.round(length * SPEECH_RATE)).fill(1),
          sampleRate: SPEECH_RATE,
          channels: 1,
          segment: segment.id,
          at,
          last: at + CHUNK >= seconds,
          words: words
            .map(({ from, to }) => ({
              text: segment.text.slice(from, to),
              from,
              to,
              start: from / SPEECH_PACE,
              end: to / SPEECH_PACE,
            }))
            .filter(({ start }) => start >= at && start < at + length),
        }
      }
    }
  }
}
