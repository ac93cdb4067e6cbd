import { Intake } from '#dsp/intake.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { SpeechDetector } from '../vad/detector.ts'
import { loudness } from '../vad/level.ts'
import { EventQueue } from './event-queue.ts'
import type { HearingEvent, HearRun } from './events.ts'
import { Reader } from './reader.ts'
import { HEARING_RATE, type Recogniser } from './recogniser.ts'
import { SoundTail } from './sound-tail.ts'
import { untilAborted } from './until-aborted.ts'
import { LIVE_RULES, TRANSCRIPTION_RULES, Utterances, type UtteranceEvent } from './utterances.ts'

/** Utterances that may wait to be read before the sound has to wait. */
export const MOST_WAITING = 2
/** Events that may wait for their reader before the sound has to wait. */
const MOST_UNREAD = 8
/** How often silence is told of, and how often live: somebody may wait to know that nothing was said. Seconds. */
const SILENCE_EVERY = 1
const SILENCE_EVERY_LIVE = 0.25
/** How much of a chunk is taken at a time, seconds. */
const BLOCK = 1
/** A margin to what a recogniser takes at most, seconds. */
const MARGIN = 1

export interface HearingParts {
  readonly recognise: Recogniser['recognise']
  /** Seconds that it takes for a second of sound, as far as that is known. */
  readonly realTimeFactor: () => number | undefined
  readonly longest: number
  /** Of this sound alone. */
  readonly detector: SpeechDetector
}

/** What is heard in `sound`. @throws SeamError bad-input, unsupported (a sample rate), engine, cancelled; what `sound` throws */
export async function* hear(
  parts: HearingParts,
  sound: AsyncIterable<SoundChunk>,
  run: HearRun,
): AsyncGenerator<HearingEvent, void, undefined> {
  const stop = new AbortController()
  const onAbort = () => stop.abort(run.signal?.reason)
  if (run.signal?.aborted) onAbort()
  else run.signal?.addEventListener('abort', onAbort, { once: true })
  const events = new EventQueue<HearingEvent>()
  const hearing = new Hearing(parts, events, { ...run, signal: stop.signal }, error => {
    events.fail(error)
    stop.abort(error)
  })
  const listening = hearing.listen(sound).then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  )
  try {
    for await (const event of events.read()) {
      if ('settled' in event) run.onProgress?.({ done: event.settled })
      yield event
    }
  } finally {
    run.signal?.removeEventListener('abort', onAbort)
    stop.abort()
    hearing.stop()
    await listening
  }
}

/** One sound on its way from chunks to events. */
class Hearing {
  readonly #events: EventQueue<HearingEvent>
  readonly #run: HearRun & { readonly signal: AbortSignal }
  readonly #detector: SpeechDetector
  readonly #intake = new Intake(HEARING_RATE, 1)
  readonly #sound: SoundTail
  readonly #utterances: Utterances
  readonly #reader: Reader | undefined
  readonly #frame: Float32Array
  #filled = 0
  #told: number
  /** Samples of the whole sound, once it is over: the last frame is filled up with silence, which nobody said. */
  #length = Number.POSITIVE_INFINITY

  constructor(
    parts: HearingParts,
    events: EventQueue<HearingEvent>,
    run: HearRun & { readonly signal: AbortSignal },
    failed: (error: unknown) => void,
  ) {
    const rules = run.rules ?? (run.live ? LIVE_RULES : TRANSCRIPTION_RULES)
    const longest = Math.min(rules.longest, parts.longest - MARGIN)
    this.#events = events
    this.#run = run
    this.#told = run.since?.at ?? 0
    this.#detector = parts.detector
    this.#frame = new Float32Array(parts.detector.frame)
    this.#sound = new SoundTail(HEARING_RATE)
    this.#utterances = new Utterances(parts.detector.frame, { ...rules, longest }, run.since?.utterance)
    if (run.captions ?? true) {
      this.#reader = new Reader({
        recognise: parts.recognise,
        realTimeFactor: parts.realTimeFactor,
        sound: this.#sound,
        run,
        partial: (utterance, caption, whole) => {
          // Somebody who has not read the last one wants this one alone.
          events.replace(
            { kind: 'partial', utterance, caption, whole },
            last => last.kind === 'partial' && last.utterance === utterance,
          )
        },
        final: (utterance, caption) => {
          events.push({ kind: 'final', utterance, ...(caption ? { caption } : {}), settled: this.#settle() })
        },
        failed,
      })
    }
  }

  async listen(sound: AsyncIterable<SoundChunk>): Promise<void> {
    const { signal } = this.#run
    let broken: { readonly error: unknown } | undefined
    const chunks = untilAborted(sound, signal)
    try {
      for (;;) {
        // A microphone that is pulled out in mid-sentence: what came is still read.
        const next = await chunks.next().catch((error: unknown) => {
          broken = { error }
          return { done: true } as const
        })
        signal.throwIfAborted()
        if (next.done) break
        await this.#take(next.value)
      }
    } finally {
      await chunks.return()
    }
    await this.#finish()
    if (broken) throw broken.error
  }

  stop(): void {
    this.#reader?.stop()
  }

  async #take({ samples, sampleRate, channels }: SoundChunk): Promise<void> {
    const block = Math.max(1, Math.round(sampleRate * BLOCK)) * channels
    for (let at = 0; at < samples.length; at += block) {
      const taken = this.#intake.take(samples.subarray(at, at + block), sampleRate, channels)
      await this.#hear(taken.samples.subarray(0, taken.frames))
    }
  }

  async #finish(): Promise<void> {
    const rest = this.#intake.finish()
    await this.#hear(rest.samples.subarray(0, rest.frames))
    this.#length = this.#sound.end + this.#filled
    if (this.#filled > 0) await this.#hear(new Float32Array(this.#frame.length - this.#filled))
    for (const event of this.#utterances.finish()) this.#note(event)
    await this.#reader?.finish()
    this.#events.push({ kind: 'silence', settled: this.#seconds(this.#length) })
  }

  async #hear(samples: Float32Array): Promise<void> {
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + this.#frame.length - this.#filled)
      this.#frame.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled < this.#frame.length) return
      this.#filled = 0
      const probability = await this.#detector.probability(this.#frame)
      this.#run.signal.throwIfAborted()
      this.#sound.append(this.#frame)
      if (this.#reader) this.#utterances.keep(this.#reader.told)
      for (const event of this.#utterances.frame(probability, loudness(this.#frame))) this.#note(event)
      this.#look(false)
      this.#tellSilence()
      await this.#wait()
    }
  }

  #note(event: UtteranceEvent): void {
    const { kind, utterance } = event
    if (kind === 'start') {
      this.#reader?.begin(utterance, event.from, event.speechFrom)
      this.#events.push({ kind: 'speech-start', utterance, at: this.#seconds(event.speechFrom) })
    } else if (kind === 'soft-end') {
      this.#events.push({ kind, utterance, at: this.#seconds(event.speechTo) })
      this.#look(true)
    } else if (kind === 'resumed') {
      this.#events.push({ kind, utterance, at: this.#seconds(event.at) })
    } else if (kind === 'dropped') {
      this.#reader?.drop()
      this.#events.push({ kind, utterance, settled: this.#settle() })
    } else {
      const to = Math.min(event.to, this.#length)
      const speechTo = Math.min(event.speechTo, this.#length)
      this.#events.push({ kind: 'speech-end', utterance, at: this.#seconds(speechTo) })
      if (this.#reader) this.#reader.end({ ...event, to, speechTo })
      else this.#events.push({ kind: 'final', utterance, settled: this.#settle() })
    }
  }

  #look(soft: boolean): void {
    const open = this.#utterances.open
    if (this.#run.live && open?.sure && this.#sound.end <= this.#length) this.#reader?.look(open.speechTo, soft)
  }

  #tellSilence(): void {
    if (this.#utterances.open || this.#reader?.waiting) return
    const settled = this.#settle()
    if (settled - this.#told < (this.#run.live ? SILENCE_EVERY_LIVE : SILENCE_EVERY)) return
    this.#told = settled
    this.#events.push({ kind: 'silence', settled })
  }

  /** Forgets the sound that nobody needs any longer. @returns up to where, in seconds of the whole sound */
  #settle(): number {
    const earliest = Math.min(this.#reader?.earliest ?? Number.POSITIVE_INFINITY, this.#utterances.earliest)
    this.#sound.forget(earliest)
    return this.#seconds(Math.min(earliest, this.#length))
  }

  /** Whoever is behind holds the sound back: memory stays bounded, and nothing is lost. */
  async #wait(): Promise<void> {
    if (this.#reader && this.#reader.waiting > MOST_WAITING) await this.#reader.finish()
    if (this.#events.length > MOST_UNREAD) await this.#events.room(MOST_UNREAD)
    this.#run.signal.throwIfAborted()
  }

  #seconds(sample: number): number {
    return (this.#run.since?.at ?? 0) + sample / HEARING_RATE
  }
}
