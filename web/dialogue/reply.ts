import type { ReplyPart } from '#protocol/dialogue.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Message } from '#protocol/language.ts'
import type { Segmenter } from '#text/segment/segmenter.ts'
import { SentenceChunker, type Sentence } from './chunker.ts'
import { Timer } from './clock.ts'
import { Channel, until } from './flow.ts'
import { partHeard, wordsAround, type SpokenSentence } from './heard.ts'
import type { Announcements } from './speakable/piece.ts'
import type { Clock, DialogueSink, Heard, Partner } from './types.ts'
import { voice } from './voicing.ts'

/** Milliseconds that a model may take for its first piece, and between two, unless the host says otherwise. */
export const FIRST_TOKEN_WITHIN = 60_000
export const NEXT_TOKEN_WITHIN = 20_000
/** Milliseconds without a piece after which what looks like a whole sentence is spoken. */
export const STALL = 250
/** UTF-16 units of a reply; a model that goes on for ever is stopped there. */
export const LONGEST_REPLY = 20_000
/** Milliseconds between two looks at whether the first sample was heard. */
const LOOK = 10

export interface ReplyParts {
  readonly revision: number
  readonly partner: Partner
  readonly sink: DialogueSink
  readonly clock: Clock
  readonly segmenter: Segmenter
  readonly announce?: Announcements | undefined
  readonly firstTokenWithin: number
  /** Nothing is written, and nothing told, before `release`. */
  readonly held: boolean
}

/** Told once the reply may be heard, in this order. */
export interface ReplyHooks {
  text(piece: string): void
  sentence(sentence: SpokenSentence): void
  /** The model has said all. */
  complete(text: string): void
  /** It failed after it had said something, which is spoken. */
  broke(error: SeamError, kept: string): void
  /** The first sample was taken. */
  sound(): void
  /** All of it was heard. */
  finish(): void
  /** Nothing of it can be heard any more. */
  fail(error: SeamError): void
}

/** When something happened first, milliseconds. */
export interface ReplyMarks {
  firstToken?: number
  firstSentence?: number
  firstSample?: number
  firstHeard?: number
}

/** One answer: from the model's words to the listener's ear. After `stop` nothing of it is written or told. */
export class Reply {
  readonly revision: number
  readonly marks: ReplyMarks = {}
  readonly #parts: ReplyParts
  readonly #hooks: ReplyHooks
  readonly #abort = new AbortController()
  readonly #queue = new Channel<SpokenSentence>()
  readonly #sentences: SpokenSentence[] = []
  readonly #release = Promise.withResolvers<void>()
  readonly #look: Timer
  readonly #stall: Timer
  #text = ''
  #held: boolean
  /** The model has said all, and all of it is cut into sentences. */
  #ended = false
  #over = false
  #touched = false
  #said: (() => void)[] = []
  #failure: SeamError | undefined

  constructor(parts: ReplyParts, hooks: ReplyHooks) {
    this.revision = parts.revision
    this.#parts = parts
    this.#hooks = hooks
    this.#held = parts.held
    this.#look = new Timer(parts.clock)
    this.#stall = new Timer(parts.clock)
    if (!parts.held) this.#release.resolve()
  }

  /** What the model has said so far. */
  get text(): string {
    return this.#text
  }

  get failure(): SeamError | undefined {
    return this.#failure
  }

  /** Words around the place that sounds; none before it is heard. */
  get words(): string[] {
    return wordsAround(this.#sentences, this.#place(this.#parts.sink.heard))
  }

  /** What was heard until now. */
  get part(): ReplyPart {
    return this.#part(this.#place(this.#parts.sink.heard))
  }

  /** Asks the model. What `messages` throws is a failure of the reply. */
  answer(messages: () => readonly Message[]): void {
    this.#begin(chunker => this.#read(messages, chunker))
  }

  /** Says a text that is there already. */
  say(text: string): void {
    this.#begin(chunker => {
      this.#take(text, chunker)
      return Promise.resolve()
    })
  }

  /** The turn is over: what was held may be heard. */
  release(): void {
    if (!this.#held || this.#over) return
    this.#held = false
    for (const tell of this.#said.splice(0)) tell()
    this.#release.resolve()
  }

  /** Ends it, at once. @returns what was heard */
  stop(): ReplyPart {
    const place = this.#touched && !this.#over ? this.#parts.sink.interrupt() : this.#parts.sink.heard
    this.#over = true
    this.#look.stop()
    this.#stall.stop()
    this.#abort.abort(new SeamError('cancelled', 'The reply was broken off.'))
    this.#queue.close()
    this.#release.resolve()
    return this.#part(this.#place(place))
  }

  /** All of it, as it was heard to its end. */
  get whole(): ReplyPart {
    return this.#part(undefined, true)
  }

  #begin(read: (chunker: SentenceChunker) => Promise<void>): void {
    const { partner, segmenter, announce } = this.#parts
    const chunker = new SentenceChunker(segmenter, partner.lang, announce)
    void read(chunker)
      .then(() => this.#tell(() => this.#hooks.complete(this.#text)))
      .catch(error => this.#broken(error))
      .then(() => {
        this.#stall.stop()
        this.#queueAll(chunker.end())
        this.#ended = true
        this.#queue.close()
      })
    void this.#voice()
  }

  async #read(messages: () => readonly Message[], chunker: SentenceChunker): Promise<void> {
    const { partner, clock, firstTokenWithin } = this.#parts
    const { temperature, maxTokens } = partner
    const prompt = messages()
    const late = new AbortController()
    const limit = new Timer(clock)
    const wait = (milliseconds: number) => limit.start(milliseconds, () => late.abort(tooSlow(milliseconds)))
    const signal = AbortSignal.any([this.#abort.signal, late.signal])
    wait(firstTokenWithin)
    try {
      const run = {
        signal,
        ...(temperature !== undefined && { temperature }),
        ...(maxTokens !== undefined && { maxTokens }),
      }
      for await (const piece of until(partner.model.reply(prompt, run), signal)) {
        if (piece === '') continue
        wait(NEXT_TOKEN_WITHIN)
        this.marks.firstToken ??= clock.now()
        this.#take(piece.slice(0, LONGEST_REPLY - this.#text.length), chunker)
        if (this.#text.length >= LONGEST_REPLY) return
        this.#stall.start(STALL, () => this.#queueAll(chunker.stalled()))
      }
    } finally {
      limit.stop()
    }
  }

  #take(piece: string, chunker: SentenceChunker): void {
    this.#text += piece
    this.#tell(() => this.#hooks.text(piece))
    this.#queueAll(chunker.push(piece))
  }

  #queueAll(sentences: readonly Sentence[]): void {
    for (const sentence of sentences) {
      if (sentence.text === '' || this.#over) continue
      const id = `r${this.revision}.${this.#sentences.length}`
      const spoken: SpokenSentence = { id, sentence, words: [], seconds: 0, made: false, written: false }
      this.#sentences.push(spoken)
      this.marks.firstSentence ??= this.#parts.clock.now()
      this.#tell(() => this.#hooks.sentence(spoken))
      void this.#queue.push(spoken)
    }
  }

  async #voice(): Promise<void> {
    const { partner, sink, clock } = this.#parts
    try {
      await voice({
        sentences: this.#queue.read(),
        partner,
        sink,
        signal: this.#abort.signal,
        released: this.#release.promise,
        buffered: () => this.#buffered(),
        isLast: sentence => this.#ended && sentence === this.#sentences.at(-1),
        writing: () => {
          this.#abort.signal.throwIfAborted()
          this.#touched = true
        },
        wrote: () => {
          if (this.#over || this.marks.firstSample !== undefined) return
          this.marks.firstSample = clock.now()
          this.#hooks.sound()
          this.#lookForHeard()
        },
      })
      if (this.#over) return
      // Short sound may be over before it was looked for.
      if (this.marks.firstSample !== undefined && this.marks.firstHeard === undefined) this.#noteHeard()
      this.#touched = false
      if (this.#failure && this.#sentences.length === 0) this.#hooks.fail(this.#failure)
      else this.#hooks.finish()
    } catch (error) {
      if (this.#over) return
      this.#hooks.fail(toSeamError(error))
    }
  }

  #broken(error: unknown): void {
    if (this.#over) return
    this.#failure = toSeamError(error)
    const failure = this.#failure
    if (this.#text.trim() !== '') this.#tell(() => this.#hooks.broke(failure, this.#text))
  }

  /** Tells it now, or when the reply is released. */
  #tell(tell: () => void): void {
    if (this.#over) return
    if (this.#held) this.#said.push(tell)
    else tell()
  }

  #lookForHeard(): void {
    if (this.#over || this.marks.firstHeard !== undefined) return
    if (this.#place(this.#parts.sink.heard)) return this.#noteHeard()
    this.#look.start(LOOK, () => this.#lookForHeard())
  }

  #noteHeard(): void {
    this.#look.stop()
    this.marks.firstHeard = this.#parts.clock.now()
  }

  /** Seconds of sound that were made and not heard. */
  #buffered(): number {
    const place = this.#place(this.#parts.sink.heard)
    const index = place ? this.#sentences.findIndex(({ id }) => id === place.segment) : -1
    const made = this.#sentences.slice(Math.max(0, index)).reduce((sum, { seconds }) => sum + seconds, 0)
    return Math.max(0, made - (place?.at ?? 0))
  }

  /** A place in this reply; those of an older one do not count. */
  #place(place: Heard | undefined): Heard | undefined {
    return place && this.#sentences.some(({ id }) => id === place.segment) ? place : undefined
  }

  #part(place: Heard | undefined, all = false): ReplyPart {
    const text = this.#text
    const parted = all ? { heard: text, unheard: '' } : partHeard(text, this.#sentences, place)
    const segments = this.#sentences.filter(({ written }) => written).map(({ id }) => id)
    return { text, ...parted, segments }
  }
}

const tooSlow = (milliseconds: number): SeamError =>
  new SeamError(
    'engine',
    `The language model gave no answer for ${Math.round(milliseconds / 1000)} seconds. What was said is kept; ask again, or choose another model in Settings.`,
    { retryable: true, details: { seconds: Math.round(milliseconds / 1000) } },
  )
