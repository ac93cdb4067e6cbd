import type { Caption } from '#protocol/transcribe.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { HearRun } from './events.ts'
import { piecesOf } from './pieces.ts'
import { HEARING_RATE, type Recogniser, type Recognition } from './recogniser.ts'
import { StableText } from './stable.ts'
import type { Utterance } from './utterances.ts'

/** New sound, in seconds, that a partial caption waits for: it is shown half a second after the one before. */
const PARTIAL_INTERVAL = 0.4
/** Sound that is read as a whole, seconds: context makes words right. */
const CONTEXT = { least: 4, most: 12 } as const
/** Between the two it is as much as can be read in this time, seconds. */
const READING_TIME = 0.25
/** Sound before the last committed word's end that is read again, seconds. */
const OVERLAP = 0.5
/** Sound that has to follow a word before it is committed, seconds: what comes next changes what was heard. */
const FOLLOWED = 1

/** Seconds of sound that are read as a whole where a second of it takes `factor` seconds, as far as that is known. */
export function contextFor(factor = Number.POSITIVE_INFINITY): number {
  return Math.min(CONTEXT.most, Math.max(CONTEXT.least, READING_TIME / factor))
}

/** An utterance that is being read. */
interface Stretch {
  readonly utterance: number
  readonly stable: StableText
  readonly speechFrom: number
  /** The next reading's first sample. */
  from: number
  last: { readonly to: number; readonly recognition: Recognition; readonly at: number } | undefined
  shown: boolean
}

interface UnderWay {
  readonly stretch: Stretch
  readonly to: number
  readonly whole: boolean
  readonly abort: AbortController
  readonly done: Promise<void>
}

export interface ReaderParts {
  /** May be asked while it is busy: readings take turns. */
  readonly recognise: Recogniser['recognise']
  /** Seconds that it takes for a second of sound, as far as that is known. */
  readonly realTimeFactor: () => number | undefined
  readonly sound: { slice(from: number, to: number): Float32Array; readonly end: number }
  readonly run: HearRun
  readonly partial: (utterance: number, caption: Caption, whole: boolean) => void
  readonly final: (utterance: number, caption: Caption | undefined) => void
  /** A final caption can't be made: no other will follow. */
  readonly failed: (error: unknown) => void
}

/**
 * Reads the utterances of one sound. A partial reading is made when there is time for it and is never waited for: the next
 * one has the later sound in it.
 */
export class Reader {
  readonly #parts: ReaderParts
  readonly #since: number
  #stretch: Stretch | undefined
  #under: UnderWay | undefined
  /** Utterances that have ended and are not read, and the promise of the last one of them. */
  readonly #ended: Utterance[] = []
  #finals: Promise<void> = Promise.resolve()
  /** When the last partial reading was over, and how long it took, milliseconds. */
  #rested = { since: 0, took: 0 }
  #stopped = false

  constructor(parts: ReaderParts) {
    this.#parts = parts
    this.#since = parts.run.since?.at ?? 0
  }

  /** Utterances that wait for their final caption. */
  get waiting(): number {
    return this.#ended.length
  }

  /** The first sample that is still to be read. */
  get earliest(): number {
    return this.#ended[0]?.from ?? Number.POSITIVE_INFINITY
  }

  /** The sample up to which the open utterance's words are told for good. */
  get told(): number {
    const { stable, last } = this.#stretch ?? {}
    if (!stable?.committed) return 0
    return stable.end === undefined ? (last?.to ?? 0) : this.#sample(stable.end)
  }

  begin(utterance: number, from: number, speechFrom: number): void {
    const said = this.#parts.run.since?.utterance === utterance ? this.#parts.run.since.said : undefined
    this.#stretch = { utterance, stable: new StableText(said), speechFrom, from, last: undefined, shown: Boolean(said) }
  }

  /** Makes a partial caption, when one is due. @param soft somebody may have stopped speaking: it should come at once */
  look(speechTo: number, soft: boolean): void {
    const stretch = this.#stretch
    if (!stretch || this.#ended.length > 0 || this.#stopped) return
    if (this.#under) {
      // What is being read lacks the end. One reading is thrown away for that, but never a second one after it.
      if (!soft || this.#under.whole || this.#under.to >= speechTo) return
      this.#under.abort.abort()
    }
    const to = this.#parts.sound.end
    const read = stretch.last?.to ?? stretch.speechFrom
    if (read >= speechTo) return
    if (!soft) {
      if (to - read < PARTIAL_INTERVAL * HEARING_RATE) return
      // Half of the time is left to others, however slow the machine.
      if (performance.now() - this.#rested.since < this.#rested.took) return
    }
    this.#partial(stretch, to, soft)
  }

  /** The utterance is over; its final caption is made, after those before it. */
  end(utterance: Utterance): void {
    const stretch = this.#stretch
    this.#stretch = undefined
    if (!stretch) return
    const under = this.#under
    if (under && (under.stretch !== stretch || utterance.cut || under.to < utterance.speechTo)) under.abort.abort()
    this.#ended.push(utterance)
    const before = this.#finals
    this.#finals = (async () => {
      await before
      await this.#under?.done
      const caption = await this.#final(stretch, utterance)
      this.#ended.shift()
      this.#parts.final(utterance.utterance, caption)
    })()
    this.#finals.catch(this.#parts.failed)
  }

  drop(): void {
    this.#stretch = undefined
    this.#under?.abort.abort()
  }

  /** Waits for all finals so far. @throws SeamError engine, cancelled */
  async finish(): Promise<void> {
    await this.#finals
    await this.#under?.done
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stopped = true
    this.#under?.abort.abort()
  }

  #partial(stretch: Stretch, to: number, whole: boolean): void {
    const abort = new AbortController()
    const before = this.#under?.done
    const read = async () => {
      await before
      if (abort.signal.aborted) return
      const started = performance.now()
      try {
        const reading = await this.#read(stretch, to, abort.signal)
        if (abort.signal.aborted) return
        stretch.last = reading
        const { recognition } = reading
        // A reading that went round in circles, or says nothing, is no reason to take words back.
        if (recognition.doubt || !recognition.text.trim()) return
        stretch.stable.take(piecesOf(recognition, reading.at), this.#seconds(to) - FOLLOWED)
        stretch.shown = true
        this.#parts.partial(stretch.utterance, this.#caption(stretch, { speechTo: to, final: false }), whole)
      } catch {
        // The next reading has this sound, too, and the final one tells what is wrong.
      } finally {
        const now = performance.now()
        this.#rested = { since: now, took: now - started }
        if (this.#under?.abort === abort) this.#under = undefined
      }
    }
    this.#under = { stretch, to, whole, abort, done: read() }
  }

  async #final(stretch: Stretch, utterance: Utterance): Promise<Caption | undefined> {
    if (this.#stopped) throw new SeamError('cancelled', 'Cancelled.')
    const { signal } = this.#parts.run
    const { last } = stretch
    // A reading from after the last word lacks nothing but silence.
    const complete = last && !utterance.cut && last.to >= utterance.speechTo
    const known = complete && last.recognition.text && !last.recognition.doubt ? last : undefined
    const reading =
      known ??
      (await this.#read(stretch, utterance.to, signal).catch((error: unknown) => {
        const failure = toSeamError(error)
        if (!failure.retryable || signal?.aborted) throw failure
        return this.#read(stretch, utterance.to, signal)
      }))
    stretch.stable.finish(piecesOf(reading.recognition, reading.at))
    const { text } = stretch.stable.caption
    // Somebody who saw words has to be told when they were none.
    if (!text && !stretch.shown) return undefined
    const doubt = reading.recognition.doubt ?? (utterance.cut === 'speech' ? ('cut' as const) : undefined)
    return { ...this.#caption(stretch, { ...utterance, final: true }), ...(doubt ? { doubt } : {}) }
  }

  async #read(stretch: Stretch, to: number, signal?: AbortSignal): Promise<NonNullable<Stretch['last']>> {
    const { recognise, sound, run } = this.#parts
    if (to - stretch.from > contextFor(this.#parts.realTimeFactor()) * HEARING_RATE) {
      const start = stretch.stable.advance(OVERLAP)
      if (start !== undefined) stretch.from = Math.max(stretch.from, this.#sample(start))
    }
    const { from } = stretch
    const recognition = await recognise(sound.slice(from, to), {
      words: true,
      ...(signal ? { signal } : {}),
      ...(run.lang === undefined ? {} : { lang: run.lang }),
    })
    return { to, recognition, at: this.#seconds(from) }
  }

  #caption(stretch: Stretch, { speechTo, final }: { speechTo: number; final: boolean }): Caption {
    const { text, words, stable } = stretch.stable.caption
    const { utterance, speechFrom } = stretch
    return {
      utterance,
      text,
      words,
      start: Math.min(this.#seconds(speechFrom), words[0]?.start ?? Number.POSITIVE_INFINITY),
      end: Math.max(this.#seconds(speechTo), words.at(-1)?.end ?? 0),
      final,
      stable: final ? text.length : stable,
    }
  }

  #seconds(sample: number): number {
    return this.#since + sample / HEARING_RATE
  }

  #sample(seconds: number): number {
    return Math.round((seconds - this.#since) * HEARING_RATE)
  }
}
