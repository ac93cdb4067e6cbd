import type { TranscriptWord } from '../../storage/transcripts-types.ts'

/** A text and the words in it whose times are known. */
export interface Timed {
  readonly text: string
  readonly words: readonly TranscriptWord[]
}

interface Token {
  readonly from: number
  readonly to: number
}

/** Scripts that set no blanks between words: where words begin, the browser's dictionary knows. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const SPOKEN = /[\p{L}\p{N}]/u
let segmenter: Intl.Segmenter | undefined

/** The words of a text, with the punctuation that hangs on them. */
export function tokensOf(text: string, from = 0, to = text.length): Token[] {
  const tokens: Token[] = []
  for (const { 0: piece, index } of text.slice(from, to).matchAll(/\S+/g)) {
    const at = from + index
    if (!SPOKEN.test(piece)) continue
    if (!UNSPACED.test(piece)) {
      tokens.push({ from: at, to: at + piece.length })
      continue
    }
    segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' })
    for (const { segment, index: inside, isWordLike } of segmenter.segment(piece)) {
      if (isWordLike) tokens.push({ from: at + inside, to: at + inside + segment.length })
    }
  }
  return tokens
}

/** Times for words of which only the stretch is known in which they were said: by their letters. */
export function spread(text: string, tokens: readonly Token[], start: number, end: number): TranscriptWord[] {
  const lengths = tokens.map(({ from, to }) => Math.max(1, text.slice(from, to).replace(/[^\p{L}\p{N}]/gu, '').length))
  const all = lengths.reduce((sum, length) => sum + length, 0)
  const span = Math.max(0, end - start)
  let before = 0
  return tokens.map(({ from, to }, at) => {
    const begins = start + (span * before) / all
    before += lengths[at]!
    return { from, to, start: begins, end: start + (span * before) / all }
  })
}

/** How two spellings of a word are compared: capitals and punctuation don't make it another. */
const keyOf = (word: string) =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** Cells of the table below which a diff is worth its time; past it, the words between are spread. */
export const MOST_CELLS = 2_000_000

/** For each of `b`, which of `a` it is: the longest common subsequence (Wagner and Fischer, 1974). */
function matches(a: readonly string[], b: readonly string[]): (number | undefined)[] {
  const found = new Array<number | undefined>(b.length)
  if (a.length * b.length > MOST_CELLS) return found
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) found[j++] = i++
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++
    else j++
  }
  return found
}

function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let at = 0
  while (at < most && a[at] === b[at]) at++
  return at
}

function commonSuffix(a: string, b: string, most: number): number {
  let count = 0
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count++
  return count
}

const joins = (character: string | undefined) => character !== undefined && SPOKEN.test(character)

/**
 * The words of an edited text: those that survive keep their times, what took the place of others takes theirs, and what
 * was put between two words lies between them. @param within seconds of the whole, for a text without any known word
 */
export function realign(before: Timed, text: string, within: { start: number; end: number }): TranscriptWord[] {
  if (text === before.text) return [...before.words]
  const prefix = commonPrefix(before.text, text)
  const suffix = commonSuffix(before.text, text, Math.min(before.text.length, text.length) - prefix)
  const shift = text.length - before.text.length

  // Outside of the change words stay as they are, unless it grew onto their first or last letter.
  const old = before.words
  let first = 0
  while (first < old.length && (old[first]!.to < prefix || (old[first]!.to === prefix && !joins(text[prefix])))) first++
  let last = old.length
  const tail = before.text.length - suffix
  const beyond = (word: TranscriptWord) =>
    word.from > tail || (word.from === tail && !joins(text[text.length - suffix - 1]))
  while (last > first && beyond(old[last - 1]!)) last--

  const left = old.slice(0, first)
  const right = old.slice(last).map(word => ({ ...word, from: word.from + shift, to: word.to + shift }))
  const gone = old.slice(first, last)
  const tokens = tokensOf(text, left.at(-1)?.to ?? 0, right[0]?.from ?? text.length)
  const found = matches(
    gone.map(({ from, to }) => keyOf(before.text.slice(from, to))),
    tokens.map(({ from, to }) => keyOf(text.slice(from, to))),
  )

  const middle: TranscriptWord[] = []
  let taken = 0
  for (let at = 0; at < tokens.length;) {
    const match = found[at]
    if (match !== undefined) {
      middle.push({ ...gone[match]!, ...tokens[at]! })
      taken = match + 1
      at++
      continue
    }
    let next = at
    while (next < tokens.length && found[next] === undefined) next++
    const until = next < tokens.length ? found[next]! : gone.length
    const replaced = gone.slice(taken, until)
    const previous = middle.at(-1) ?? left.at(-1)
    const following = next < tokens.length ? gone[until] : right[0]
    const start = replaced[0]?.start ?? previous?.end ?? following?.start ?? within.start
    const end = replaced.at(-1)?.end ?? following?.start ?? previous?.end ?? within.end
    middle.push(...spread(text, tokens.slice(at, next), start, end))
    at = next
  }
  return [...left, ...middle, ...right]
}
