import { HEARING_RATE } from './recogniser.ts'
import { quietestPlace } from './quietest.ts'

/** By what rules sound is cut into utterances. Seconds, but for the two probabilities. */
export interface UtteranceRules {
  /** Probability from which a frame counts as speech, and below which it does no longer. */
  readonly enter: number
  readonly exit: number
  /** Speech before it counts as begun: shorter sounds are clicks. */
  readonly startAfter: number
  /** Silence after which it may have ended, and after which it has. */
  readonly softEnd: number
  readonly hardEnd: number
  /** Sound that an utterance may have before a shorter silence ends it, and that silence. */
  readonly patience: number
  readonly briefEnd: number
  /** Sound kept before the first speech, and after the last. */
  readonly preRoll: number
  readonly postRoll: number
  /** Speech that an utterance must have in all. */
  readonly shortest: number
  /** Sound that an utterance may have, pre-roll included: more is cut. */
  readonly longest: number
  /** How far back from there the quietest place is looked for. */
  readonly search: number
}

/** For whole recordings: what stands together is read together, because words are heard better among others. */
export const TRANSCRIPTION_RULES: UtteranceRules = {
  enter: 0.5,
  exit: 0.35,
  startAfter: 0.12,
  softEnd: 0.09,
  hardEnd: 1,
  patience: 29,
  briefEnd: 0.25,
  preRoll: 0.5,
  postRoll: 0.3,
  shortest: 0.16,
  longest: 29,
  search: 10,
}

/** For somebody who reads along: there is no way back to a better place, so a good one is taken in time. */
export const LIVE_RULES: UtteranceRules = { ...TRANSCRIPTION_RULES, patience: 15 }

/** For talk: the answer must not wait. */
export const CONVERSATION_RULES: UtteranceRules = { ...TRANSCRIPTION_RULES, hardEnd: 0.19, postRoll: 0.2 }

/** Positions count samples at HEARING_RATE from the first one. */
export type UtteranceEvent =
  /** Somebody speaks, from about `speechFrom` on. `from` lies a pre-roll earlier, but never in the utterance before. */
  | { readonly kind: 'start'; readonly utterance: number; readonly from: number; readonly speechFrom: number }
  /** A short silence: it may be the end. */
  | { readonly kind: 'soft-end'; readonly utterance: number; readonly speechTo: number }
  /** It was not. */
  | { readonly kind: 'resumed'; readonly utterance: number; readonly at: number }
  | ({ readonly kind: 'end' } & Utterance)
  /** What had begun was too short to be speech. */
  | { readonly kind: 'dropped'; readonly utterance: number; readonly at: number }

export interface Utterance {
  readonly utterance: number
  /** Where its sound lies, rolls included. */
  readonly from: number
  readonly to: number
  readonly speechFrom: number
  readonly speechTo: number
  /** `pause`, it was too long and parted at a pause; `speech`, there was no pause to part it at. The next follows at once. */
  readonly cut?: 'pause' | 'speech'
}

interface Candidate {
  readonly from: number
  voiced: number
  silent: number
}

interface Open {
  readonly utterance: number
  readonly from: number
  readonly speechFrom: number
  /** Follows one that was cut: however little is left of it, it was said. */
  readonly follows: boolean
  speechTo: number
  /** Frames. */
  voiced: number
  silent: number
}

/**
 * Cuts sound into utterances, frame by frame, from how likely each frame is to be speech: hysteresis between two
 * thresholds, waits for start and end, and a longest length. It holds numbers alone, and no more of them for an hour than
 * for a minute: whoever uses it keeps the sound, from `earliest` on.
 */
export class Utterances {
  readonly #frame: number
  readonly #rules: UtteranceRules
  readonly #frames: Record<'startAfter' | 'softEnd' | 'hardEnd' | 'briefEnd' | 'shortest', number>
  /** Of the last frames, as far back as a cut is looked for, the latest last. */
  readonly #levels: number[] = []
  readonly #speech: boolean[] = []
  #at = 0
  #next: number
  /** Where the last utterance ended. */
  #floor = 0
  #candidate: Candidate | undefined
  #open: Open | undefined
  /** What was told of the open utterance reaches up to here. */
  #told = 0

  /** @param frame samples of a frame @param first the number of the first utterance */
  constructor(frame: number, rules: UtteranceRules, first = 0) {
    this.#frame = frame
    this.#rules = rules
    this.#next = first
    const count = (seconds: number) => Math.max(1, Math.ceil((seconds * HEARING_RATE) / frame - 1e-9))
    this.#frames = {
      startAfter: count(rules.startAfter),
      softEnd: count(rules.softEnd),
      hardEnd: count(rules.hardEnd),
      briefEnd: count(Math.min(rules.hardEnd, rules.briefEnd)),
      shortest: count(rules.shortest),
    }
  }

  /** The first sample that the open utterance, or one to come, may have. */
  get earliest(): number {
    return this.#open?.from ?? this.#rolled(this.#candidate?.from ?? this.#at)
  }

  /** The utterance that goes on: where its last speech ended, and whether it has had enough of it not to be dropped. */
  get open(): { readonly speechTo: number; readonly sure: boolean } | undefined {
    const open = this.#open
    return open && { speechTo: open.speechTo, sure: open.follows || open.voiced >= this.#frames.shortest }
  }

  /** What was said before `sample` was told for good: an utterance is not cut before it. */
  keep(sample: number): void {
    this.#told = Math.max(this.#told, sample)
  }

  /** The next frame. @param level its loudness, on any linear scale */
  frame(probability: number, level: number): UtteranceEvent[] {
    const from = this.#at
    this.#at += this.#frame
    const { enter, exit, longest } = this.#rules
    const going = this.#open ? this.#open.silent === 0 : this.#candidate !== undefined
    const speech = probability >= (going ? exit : enter)
    this.#note(level, speech)
    const events = this.#open ? this.#continue(this.#open, speech) : this.#await(from, speech)
    const open = this.#open
    if (open && this.#at + this.#frame - open.from > longest * HEARING_RATE) events.push(...this.#part(open))
    return events
  }

  /** The sound is over. */
  finish(): UtteranceEvent[] {
    this.#candidate = undefined
    return this.#open ? [this.#end(this.#open)] : []
  }

  #await(from: number, speech: boolean): UtteranceEvent[] {
    if (speech) {
      const candidate = (this.#candidate ??= { from, voiced: 0, silent: 0 })
      candidate.voiced += 1
      candidate.silent = 0
      if (candidate.voiced < this.#frames.startAfter) return []
      this.#candidate = undefined
      return [this.#begin(this.#rolled(candidate.from), candidate.from, candidate.voiced, false)]
    }
    if (this.#candidate && ++this.#candidate.silent >= this.#frames.softEnd) this.#candidate = undefined
    return []
  }

  #continue(open: Open, speech: boolean): UtteranceEvent[] {
    const { utterance } = open
    if (speech) {
      const resumed = open.silent >= this.#frames.softEnd
      open.voiced += 1
      open.silent = 0
      open.speechTo = this.#at
      return resumed ? [{ kind: 'resumed', utterance, at: this.#at - this.#frame }] : []
    }
    open.silent += 1
    const events: UtteranceEvent[] = []
    if (open.silent === this.#frames.softEnd) events.push({ kind: 'soft-end', utterance, speechTo: open.speechTo })
    const long = this.#at - open.from > this.#rules.patience * HEARING_RATE
    if (open.silent >= this.#frames[long ? 'briefEnd' : 'hardEnd']) events.push(this.#end(open))
    return events
  }

  #begin(from: number, speechFrom: number, voiced: number, follows: boolean): UtteranceEvent {
    const utterance = this.#next++
    this.#open = { utterance, from, speechFrom, follows, speechTo: this.#at, voiced, silent: 0 }
    return { kind: 'start', utterance, from, speechFrom }
  }

  #end(open: Open): UtteranceEvent {
    this.#open = undefined
    const { utterance, from, speechFrom, speechTo } = open
    // What follows a cut may be nothing but the silence after it.
    const brief = open.voiced < this.#frames.shortest && !open.follows
    if (brief || speechTo <= speechFrom) return { kind: 'dropped', utterance, at: this.#at }
    const to = Math.min(this.#at, speechTo + Math.round(this.#rules.postRoll * HEARING_RATE))
    this.#floor = to
    return { kind: 'end', utterance, from, to, speechFrom, speechTo }
  }

  /** The open utterance is as long as one may be: ends it at its quietest place, and begins the next one there. */
  #part(open: Open): UtteranceEvent[] {
    if (open.silent >= this.#frames.softEnd) return [this.#end(open)]
    // Never in the first half: what is left there would be no sentence.
    const first = Math.max((this.#at + open.from) / 2, this.#told)
    const count = Math.max(1, Math.floor((this.#at - first) / this.#frame))
    const levels = this.#levels.slice(-count)
    const { place, pause } = quietestPlace(levels, this.#speech.slice(-count))
    const behind = levels.length - place
    const at = this.#at - behind * this.#frame + (this.#frame >> 1)
    const { utterance, from, speechFrom, silent, speechTo } = open
    this.#floor = at
    const voiced = this.#speech.slice(-behind).filter(Boolean).length
    const start = this.#begin(at, at, voiced, true)
    Object.assign(this.#open!, { silent, speechTo: Math.max(at, speechTo) })
    return [{ kind: 'end', utterance, from, to: at, speechFrom, speechTo: at, cut: pause ? 'pause' : 'speech' }, start]
  }

  #rolled(from: number): number {
    return Math.max(this.#floor, from - Math.round(this.#rules.preRoll * HEARING_RATE))
  }

  #note(level: number, speech: boolean): void {
    this.#levels.push(level)
    this.#speech.push(speech)
    if (this.#levels.length * this.#frame > this.#rules.search * HEARING_RATE) {
      this.#levels.shift()
      this.#speech.shift()
    }
  }
}
