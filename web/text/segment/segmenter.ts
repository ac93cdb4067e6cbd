import type { Lang } from '#protocol/speech.ts'
import { parseMarks, type TextRange } from '../marks/parse.ts'
import { rulesFor } from './abbreviations.ts'
import { endsSentence } from './boundary.ts'

/** A quotation or a bracket up to this long, UTF-16 units, stays in one sentence with what surrounds it. */
export const WHOLE_QUOTE = 120

export interface Segmenter {
  /**
   * The sentences of a paragraph, in order, as UTF-16 offsets. They do not overlap, begin and end at visible
   * characters, and leave out only white space. A sentence is never cut for its length.
   */
  sentences(paragraph: string, lang: Lang): TextRange[]
}

const PARTNER: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '«': '»',
  '„': '“',
  '(': ')',
  '[': ']',
  '「': '」',
  '『': '』',
  '（': '）',
}
// Openers; runs of marks with the quotes, brackets and note numbers that close upon them; blank lines.
const INTEREST =
  /(?<open>["“«„([「『（]|(?<![\p{L}\p{N}])['‘](?=\p{L}))|(?<run>\.(?:[ \u00a0]\.)+|[.!?…。！？｡．؟।॥۔]+)(?<close>(?:["'”’»›)\]」』】）]|\[\d{1,3}\])*)|(?<gap>\n[^\S\n]*\n)/gu
// A single quote that closes is told from an apostrophe by the mark before it.
const SINGLE_CLOSE = /[.,!?…]['’](?!\p{L})/u
const SPOKEN = /[\p{L}\p{N}]/u

/** Where the paragraph may be cut: offsets after the last character of each sentence. */
function cuts(text: string, marks: readonly TextRange[], lang: Lang): number[] {
  const rules = rulesFor(lang)
  const found: number[] = []
  let begin = 0
  let inside = 0
  let mark = 0
  const cut = (at: number) => {
    found.push(at)
    begin = at
  }
  INTEREST.lastIndex = 0
  for (let match = INTEREST.exec(text); match; match = INTEREST.exec(text)) {
    const { open, run, close = '', gap } = match.groups ?? {}
    const at = match.index
    if (gap !== undefined) {
      inside = 0
      cut(at)
      // The second line end may open the next gap.
      INTEREST.lastIndex = at + gap.length - 1
    } else if (open !== undefined) {
      if (at < inside) continue
      if (open === '"' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) continue
      const ahead = text.slice(at + 1, at + WHOLE_QUOTE)
      const partner = PARTNER[open]
      const closing = partner ? ahead.indexOf(partner) : ahead.search(SINGLE_CLOSE) + 1
      if (partner ? closing >= 0 : closing > 0) inside = at + 2 + closing
    } else if (run !== undefined) {
      const end = at + run.length + close.length
      while ((marks[mark]?.to ?? Infinity) <= at) mark++
      if (end < inside || (marks[mark]?.from ?? Infinity) < at) continue
      if (endsSentence(text, begin, { at, end, run, closed: close !== '' }, rules)) cut(end)
    }
  }
  return found
}

function trimmed(text: string, from: number, to: number): TextRange | undefined {
  const piece = text.slice(from, to)
  const start = from + (piece.length - piece.trimStart().length)
  return start === to ? undefined : { from: start, to: start + piece.trim().length }
}

function sentences(paragraph: string, lang: Lang): TextRange[] {
  const { plain, marks } = parseMarks(paragraph)
  const spans: TextRange[] = []
  let from = 0
  let joins = false // what came before had nothing to say: it belongs to this one
  for (const to of [...cuts(plain, marks, lang), paragraph.length]) {
    const span = trimmed(paragraph, from, to)
    from = to
    if (!span) continue
    const spoken = SPOKEN.test(plain.slice(span.from, span.to))
    const last = spans.at(-1)
    if (last && (joins || !spoken)) spans[spans.length - 1] = { from: last.from, to: span.to }
    else spans.push(span)
    joins = spans.length === 1 && !spoken && (joins || !last)
  }
  return spans
}

/**
 * Makes the segmenter. It is a promise so that a segmenter with a model of its own can take this one's place.
 *
 * Rules rather than `sentencex-wasm`, which was tried first: its WebAssembly aborts on "Plan B ." (and is unusable from
 * then on), it cuts "Ms. Lee", "Vol. 3" and "'Tis", never cuts within a quotation however long, and takes quadratic
 * time on quotations that are not closed. `Intl.Segmenter` cuts "Mr." and is super-linear.
 */
export function loadSegmenter(): Promise<Segmenter> {
  return Promise.resolve({ sentences })
}
