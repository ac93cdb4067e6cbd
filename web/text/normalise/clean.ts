import type { Skipped } from './types.ts'

/** Text in one canonical spelling, with the way back to the source. */
export interface Cleaned {
  readonly text: string
  /** Source offset of each UTF-16 unit of `text`, and of its end; undefined when nothing was changed. */
  readonly map: Uint32Array | undefined
  readonly skipped: readonly Skipped[]
}

// Everything outside plain ASCII, with the marks that combine with it, and the controls inside ASCII.
const UNUSUAL =
  /(?:[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[^\u0000-\u007f])\p{M}{0,8}|[a-zA-Z]\p{M}{1,8}|\p{M}+/gu
const INVISIBLE =
  /^(?:[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufffc\ufffd]|[\ufe00-\ufe0f])+$/
const SPELLINGS: Readonly<Record<string, string>> = {
  '‘': "'", '’': "'", '‚': "'", '‛': "'", 'ʼ': "'", '`': "'", '´': "'",
  '„': '“', '‟': '“', '«': '“', '»': '”', '‹': '“', '›': '”', '「': '“', '」': '”',
  '‐': '-', '‑': '-', '‒': '–', '―': '—', '⸺': '—', '⁃': '-', '﹘': '—', '−': '−',
  '⁄': '/', '∕': '/', '⋯': '…', '‥': '…', '\u2028': '\n', '\u2029': '\n', '\u0085': '\n', '\u000c': '\n',
} // prettier-ignore
/** Signs that compatibility composition would tear apart: fractions, powers, degrees, trade marks. */
const KEPT = /^[¼-¾⅐-⅞²³¹⁰⁴-⁹₀-₉℃℉…™℠©®ªº″′‴µΩ]$/u

/**
 * One spelling for what looks alike: composed accents, full-width and ligature forms folded (NFKC), one apostrophe, one
 * hyphen; control and invisible characters dropped. Linear in the length of the text.
 */
export function clean(source: string): Cleaned {
  UNUSUAL.lastIndex = 0
  if (!UNUSUAL.test(source)) return { text: source, map: undefined, skipped: [] }
  const skipped: Skipped[] = []
  const parts: string[] = []
  const offsets: number[] = []
  let last = 0
  const keep = (from: number, to: number) => {
    if (from === to) return
    parts.push(source.slice(from, to))
    for (let at = from; at < to; at++) offsets.push(at)
  }
  UNUSUAL.lastIndex = 0
  for (let match = UNUSUAL.exec(source); match; match = UNUSUAL.exec(source)) {
    keep(last, match.index)
    last = match.index + match[0].length
    const spelling = respell(match[0])
    if (spelling === '' && /^[\u0000-\u001f\u007f-\u009f]/.test(match[0])) {
      const run = skipped.at(-1)
      if (run?.to === match.index) skipped[skipped.length - 1] = { ...run, to: last }
      else skipped.push({ from: match.index, to: last, reason: 'control' })
    }
    parts.push(spelling)
    // Every unit of a rewritten cluster points at the cluster's start; the next one starts after the cluster.
    for (let i = 0; i < spelling.length; i++) offsets.push(match.index)
  }
  keep(last, source.length)
  offsets.push(source.length)
  return { text: parts.join(''), map: Uint32Array.from(offsets), skipped }
}

function respell(cluster: string): string {
  if (INVISIBLE.test(cluster)) return ''
  const known = SPELLINGS[cluster]
  if (known !== undefined) return known
  if (KEPT.test(cluster)) return cluster
  if (/^\p{M}/u.test(cluster)) return ''
  const folded = cluster.normalize('NFKC')
  // Marks that compose with nothing are decoration (Zalgo): the letter stays, they go.
  return /^\p{Script=Latin}/u.test(folded) ? folded.replace(/(?<=^.)\p{M}+$/u, '') : folded
}

/** Where a stretch of the cleaned text stands in the source. */
export function sourceSpan(cleaned: Cleaned, from: number, to: number): { from: number; to: number } {
  if (!cleaned.map) return { from, to }
  const start = cleaned.map[from] ?? 0
  // The end is where the next cluster begins, so that a stretch takes its combining marks along.
  let end = cleaned.map[to] ?? start
  if (end === start && to > from) {
    let next = to
    while (next < cleaned.map.length && cleaned.map[next] === start) next++
    end = cleaned.map[next] ?? start
  }
  return { from: start, to: end }
}

/** The cleaned offset of a source offset: the first unit made from there or later. */
export function cleanedOffset(cleaned: Cleaned, at: number): number {
  const map = cleaned.map
  if (!map) return at
  let low = 0
  let high = map.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((map[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
