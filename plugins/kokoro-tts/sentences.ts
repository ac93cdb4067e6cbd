import { WHOLE_QUOTE, type Segmenter } from '../../web/text/segment/segmenter.ts'
import { collapseSpace, cutPoint } from '../sdk/typescript/paragraphs.ts'

/** One sentence to speak, on one line. */
export interface Sentence {
  readonly text: string
  /** Whether a paragraph ends with it. */
  readonly endsParagraph: boolean
}

/** A sentence is known to end where it seems to once so much more is there: what the segmenter looks ahead at most. */
const AHEAD = WHOLE_QUOTE + 48
/** A sentence of more UTF-16 units is cut, so that memory stays bounded whatever comes. */
export const MAX_SENTENCE = 2000
/** The beginnings of sentences are sought again each time so much has come. */
const STRIDE = 64

/** Finds the sentences of a text that comes in slices of any size, each as soon as its end is certain. */
export class SentenceReader {
  readonly #segmenter: Segmenter
  readonly #lang: string
  #open = ''
  #sought = 0

  constructor(segmenter: Segmenter, lang: string) {
    this.#segmenter = segmenter
    this.#lang = lang
  }

  *feed(text: string): Generator<Sentence> {
    for (let at = 0; at < text.length; at += MAX_SENTENCE) {
      this.#open = collapseSpace(this.#open + text.slice(at, at + MAX_SENTENCE)).trimStart()
      yield* this.#paragraphs()
      if (this.#open.length >= this.#sought + STRIDE) yield* this.#certain()
    }
  }

  /** The text is over: what is left. */
  *end(): Generator<Sentence> {
    const rest = this.#open
    this.#open = ''
    yield* this.#whole(rest)
  }

  *#paragraphs(): Generator<Sentence> {
    for (;;) {
      const end = this.#open.indexOf('\n\n')
      if (end < 0) return
      const paragraph = this.#open.slice(0, end)
      this.#open = this.#open.slice(end).trimStart()
      this.#sought = 0
      yield* this.#whole(paragraph)
    }
  }

  *#whole(paragraph: string): Generator<Sentence> {
    const line = paragraph.replaceAll('\n', ' ').trim()
    const spans = line === '' ? [] : this.#segmenter.sentences(line, this.#lang)
    for (const [at, { from, to }] of spans.entries()) {
      const pieces = cut(line.slice(from, to))
      for (const [piece, text] of pieces.entries()) {
        yield { text, endsParagraph: at === spans.length - 1 && piece === pieces.length - 1 }
      }
    }
  }

  /** Sentences of the open paragraph that more text can't change. */
  *#certain(): Generator<Sentence> {
    const line = this.#open.replaceAll('\n', ' ')
    let done = 0
    for (const { from, to } of this.#segmenter.sentences(line, this.#lang)) {
      if (to + AHEAD > line.length) break
      for (const text of cut(line.slice(from, to))) yield { text, endsParagraph: false }
      done = to
    }
    while (line.length - done > 2 * MAX_SENTENCE) {
      const end = done + cutPoint(line.slice(done), MAX_SENTENCE)
      const text = line.slice(done, end).trim()
      if (text !== '') yield { text, endsParagraph: false }
      done = end
    }
    this.#open = this.#open.slice(done).trimStart()
    this.#sought = this.#open.length
  }
}

function cut(sentence: string): string[] {
  const pieces: string[] = []
  let rest = sentence
  while (rest.length > MAX_SENTENCE) {
    const at = cutPoint(rest, MAX_SENTENCE)
    pieces.push(rest.slice(0, at).trim())
    rest = rest.slice(at).trimStart()
  }
  return [...pieces, rest].filter(piece => piece !== '')
}
