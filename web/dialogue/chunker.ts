import type { Lang } from '#protocol/speech.ts'
import type { Segmenter } from '#text/segment/segmenter.ts'
import { smallWords } from './connectives.ts'
import type { Announcements, Piece } from './speakable/piece.ts'
import { Speakable } from './speakable/speakable.ts'
import { findWords } from './words.ts'

/** UTF-16 units under which a piece sounds clipped: shorter sentences are spoken with the next one. */
export const SHORTEST = 12
/** The first clause of a reply is spoken by itself from this length on: somebody waits for a sound. */
export const FIRST_CLAUSE = 20
/** A first sentence without a comma is parted before an "and" from this length on. */
export const FIRST_LONG = 60
/** However long a sentence is, no piece of it is longer. */
export const LONGEST = 300
/** What may still turn `“Go!” Mary Ann` into one sentence with `said`. */
const AFTER_QUOTE = 48

/** What comes after a sentence. */
export type Rest = 'clause' | 'sentence' | 'paragraph'

/** A part of the reply that is spoken in one go. */
export interface Sentence {
  /** What is said, without marks of any kind; empty where there is nothing to say. */
  readonly text: string
  /** Where it stands in the reply as the model wrote it. Sentences follow each other without a gap. */
  readonly from: number
  readonly to: number
  /** For each UTF-16 unit of `text`, where the source ends that belongs to it. */
  readonly ends: readonly number[]
  readonly rest: Rest
}

const SPACE = /\s/
const WIDE = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/
const WIDE_SIGNS = new RegExp(WIDE, 'g')
const CANDIDATE = /[.!?…。！？｡．؟।॥۔]|\n\s*\n/
const PARAGRAPH = /^[^\S\n]*\n\s*\n/
const SPOKEN = /[\p{L}\p{N}]/u
const CLAUSE = /[,;:—–](?=\s)|[、，；：]/g
const QUOTED = /["'”’»)\]」』]$/

/** Words before which a long first sentence may be parted without sounding torn. */
const JOINS: ReadonlySet<string> = new Set(
  'and but because although while which und aber weil obwohl während y pero porque aunque et mais e ma perché mas'.split(
    ' ',
  ),
)

/**
 * Cuts a reply into sentences while it streams in. A sentence is given out as soon as what follows it shows that it has
 * ended: "$29." may become "$29.99", and "Dr." a doctor. The first clause comes early, so that somebody hears something.
 */
export class SentenceChunker {
  readonly #segmenter: Segmenter
  readonly #lang: Lang
  readonly #speakable: Speakable
  /** What is to be said and was not given out, with the ends of its source. */
  #pending = ''
  readonly #ends: number[] = []
  #from = 0
  #taken = 0
  #first = true

  constructor(segmenter: Segmenter, lang: Lang, announce?: Announcements) {
    this.#segmenter = segmenter
    this.#lang = lang
    this.#speakable = new Speakable(announce)
  }

  push(tokens: string): Sentence[] {
    return this.#add(this.#speakable.push(tokens))
  }

  /** Nothing has come for a while: what may be a whole sentence is taken for one. */
  stalled(): Sentence[] {
    const text = this.#pending.trimEnd()
    if (!SPOKEN.test(text)) return []
    const [first, second] = this.#segmenter.sentences(`${text} The end`, this.#lang).slice(-2)
    const ended = second !== undefined && first !== undefined && first.to === text.length
    const clause = this.#first && weight(text) >= FIRST_CLAUSE && /[,;:—–、，；：]$/.test(text)
    return ended || clause ? this.#give(this.#pending.length, ended ? 'sentence' : 'clause') : []
  }

  /** No more comes. What is left is given out; a last sentence without text holds the source that is not said. */
  end(): Sentence[] {
    const given = this.#add(this.#speakable.end())
    given.push(...this.#giveAll(true))
    if (this.#taken > this.#from) {
      given.push({ text: '', from: this.#from, to: this.#taken, ends: [], rest: 'sentence' })
      this.#from = this.#taken
    }
    return given
  }

  #add(pieces: readonly Piece[]): Sentence[] {
    const given: Sentence[] = []
    for (const { text, from, to } of pieces) {
      this.#taken = to
      if (text === '' && this.#ends.length > 0) this.#ends[this.#ends.length - 1] = to
      for (let i = 0; i < text.length; i++) {
        const exact = text.length === to - from
        this.#pending += text[i]
        this.#ends.push(exact ? from + i + 1 : i === text.length - 1 ? to : from)
        // At the end of each word, so that it does not matter in which pieces the stream came.
        if (SPACE.test(text[i] ?? '') || WIDE.test(text[i] ?? '')) given.push(...this.#giveAll(false))
      }
    }
    return given
  }

  #giveAll(ended: boolean): Sentence[] {
    const given: Sentence[] = []
    for (let span = this.#next(ended); span; span = this.#next(ended)) {
      const sentence = this.#give(span.to, span.rest)
      if (sentence.length === 0) break
      given.push(...sentence)
    }
    return given
  }

  #next(ended: boolean): { to: number; rest: Rest } | undefined {
    const span = this.#whole(ended)
    return span && span.to <= LONGEST ? span : (this.#part() ?? span)
  }

  /** The end of the first sentence, if it has ended. */
  #whole(ended: boolean): { to: number; rest: Rest } | undefined {
    const text = this.#pending
    if (!SPOKEN.test(text) || !(ended || CANDIDATE.test(text))) return undefined
    const spans = this.#segmenter.sentences(text, this.#lang)
    for (const [index, { to }] of spans.entries()) {
      const next = spans[index + 1]
      const said = text.slice(0, to).trim()
      if (PARAGRAPH.test(text.slice(to))) return { to, rest: 'paragraph' }
      if (ended && !next) return { to, rest: 'sentence' }
      if (!next || (!ended && !isCertain(said, text.slice(next.from)))) return undefined
      if (weight(said) >= SHORTEST && SPOKEN.test(said)) return { to, rest: 'sentence' }
    }
    return undefined
  }

  /** The end of a part of a sentence that cannot be waited for. */
  #part(): { to: number; rest: Rest } | undefined {
    const text = this.#pending
    const lead = text.length - text.trimStart().length
    const length = text.length - lead
    if (this.#first) {
      const clause = [...text.matchAll(CLAUSE)].find(({ index }) => weight(text.slice(lead, index + 1)) >= FIRST_CLAUSE)
      if (clause) return { to: clause.index + 1, rest: 'clause' }
      if (length >= FIRST_LONG) {
        const { linking } = smallWords(this.#lang)
        const join = findWords(text).find(
          ({ word, from }) => from - lead >= FIRST_CLAUSE && JOINS.has(word) && linking.has(word),
        )
        if (join) return { to: join.from, rest: 'clause' }
      }
    }
    if (length <= LONGEST) return undefined
    const head = text.slice(0, lead + LONGEST)
    const clause = [...head.matchAll(CLAUSE)].at(-1)
    if (clause && clause.index - lead >= LONGEST / 2) return { to: clause.index + 1, rest: 'clause' }
    const space = head.search(/\s\S*$/)
    return { to: space - lead >= LONGEST / 2 ? space : whole(head), rest: 'clause' }
  }

  #give(to: number, rest: Rest): Sentence[] {
    const piece = this.#pending.slice(0, to)
    const start = piece.length - piece.trimStart().length
    const text = piece.trim()
    if (!SPOKEN.test(text)) return []
    const ends = this.#ends.slice(start, start + text.length)
    const last = this.#ends[to - 1] ?? this.#taken
    const sentence: Sentence = { text, from: this.#from, to: last, ends, rest }
    this.#pending = this.#pending.slice(to)
    this.#ends.splice(0, to)
    this.#from = last
    this.#first = false
    return [sentence]
  }
}

/** Whether `next` shows that the sentence before it has ended: a word of it must be there, after a quotation several. */
function isCertain(said: string, next: string): boolean {
  if (WIDE.test(next)) return true
  if (QUOTED.test(said)) return next.length >= AFTER_QUOTE || (next.match(/\S\s/g)?.length ?? 0) >= 4
  return /\S\s/.test(next)
}

/** How long `text` is to the ear, in letters: a wide sign is a syllable or more. */
const weight = (text: string): number => text.length + 2 * (text.match(WIDE_SIGNS)?.length ?? 0)

/** The length of `text`, less half of a pair of surrogates at its end. */
function whole(text: string): number {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last < 0xdc00 ? text.length - 1 : text.length
}
