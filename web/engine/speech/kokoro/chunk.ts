import { MAX_TOKENS } from './meta.ts'
import { countTokens } from './tokens.ts'

/** A run of phonemes that goes through the model in one piece. */
export interface Chunk {
  /** Offsets in the phoneme string, `to` exclusive. */
  readonly from: number
  readonly to: number
  /** Seconds of silence that belong between this chunk and the next of the same segment. */
  readonly pauseAfter: number
}

/** Kokoro sounds best at 100–200 symbols and hurries above 400: longer sentences are cut at clauses. */
const BEST = 200
const WHOLE = 270
/** Under this it mumbles: no piece is cut shorter when that can be helped. */
const LEAST = 20
/** A first piece that somebody waits for. */
const FIRST = 48
/** Symbols a second at 1× speed, as measured over the English voices; for planning alone. */
const TOKENS_PER_SECOND = 16
/** Plan for a machine that is a third busier than it was. */
const CAUTION = 0.75

interface Break {
  /** Offset just after the break's space. */
  readonly at: number
  /** 0 between words, 1 comma, 2 semicolon, colon or dash, 3 end of a sentence. */
  readonly strength: 0 | 1 | 2 | 3
}

const PAUSE_AT_BREAK = [0.02, 0.12, 0.18, 0.28] as const

/** How soon the pieces must come. */
export interface Hurry {
  /** Seconds of sound that the listener still has. */
  readonly buffered: number
  /** Seconds of work a second of sound, as measured so far. */
  readonly realTimeFactor: number
  readonly speed: number
}

/** Cuts `phonemes` at clause boundaries; never inside a word unless the word alone is longer than the model takes. */
export function planChunks(phonemes: string, hurry?: Hurry): Chunk[] {
  const text = measure(phonemes)
  const chunks: Chunk[] = []
  let from = 0
  let buffered = hurry?.buffered ?? 0
  while (from < phonemes.length) {
    const rest = text.tokens(from, phonemes.length)
    if (rest === 0) break
    const limit = hurry ? affordable(buffered, hurry) : BEST
    const whole = rest <= (limit >= BEST ? WHOLE : limit)
    const cut = whole ? undefined : bestBreak(text, from, rest, limit)
    const to = cut?.at ?? (rest <= MAX_TOKENS ? phonemes.length : text.after(from, WHOLE))
    chunks.push({ from, to, pauseAfter: to < phonemes.length ? PAUSE_AT_BREAK[cut?.strength ?? 0] : 0 })
    if (hurry) {
      const sound = text.tokens(from, to) / TOKENS_PER_SECOND / hurry.speed
      buffered = Math.max(0, buffered - sound * hurry.realTimeFactor) + sound
    }
    from = to
  }
  return chunks
}

/** The longest piece, in symbols, that is made before the listener runs dry. */
function affordable(buffered: number, { realTimeFactor, speed }: Hurry): number {
  // A machine slower than speech runs dry whatever we do: then good phrasing is worth more than short pieces.
  if (realTimeFactor >= 1 && buffered > 0) return BEST
  const tokens = ((buffered * CAUTION) / realTimeFactor) * TOKENS_PER_SECOND * speed
  return Math.min(BEST, Math.max(FIRST, Math.floor(tokens)))
}

interface Measured {
  readonly breaks: readonly Break[]
  /** Symbols between two offsets. */
  tokens(from: number, to: number): number
  /** The offset `tokens` symbols after `from`. */
  after(from: number, tokens: number): number
}

/** Everything the planner asks again and again, counted once: a megabyte without a full stop stays linear. */
function measure(phonemes: string): Measured {
  const counts = new Uint32Array(phonemes.length + 1)
  let count = 0
  let offset = 0
  for (const symbol of phonemes) {
    count += countTokens(symbol)
    for (let i = 0; i < symbol.length; i++) counts[++offset] = count
  }
  return {
    breaks: findBreaks(phonemes),
    tokens: (from, to) => counts[to]! - counts[from]!,
    after: (from, tokens) => {
      const goal = counts[from]! + tokens
      let at = from
      while (at < phonemes.length && counts[at]! < goal) at++
      return at
    },
  }
}

function findBreaks(phonemes: string): Break[] {
  const breaks: Break[] = []
  for (let at = phonemes.indexOf(' ') + 1; at > 0; at = phonemes.indexOf(' ', at) + 1) {
    const before = phonemes
      .slice(Math.max(0, at - 3), at - 1)
      .replace(/["“”()]+$/u, '')
      .at(-1)
    const strength = !before ? 0 : '.!?…'.includes(before) ? 3 : ';:—'.includes(before) ? 2 : before === ',' ? 1 : 0
    breaks.push({ at, strength })
  }
  return breaks
}

/** The strongest break within the limit; of equals, the one nearest to equal pieces. */
function bestBreak(text: Measured, from: number, rest: number, limit: number): Break | undefined {
  const ideal = limit < BEST ? limit : rest / Math.ceil(rest / limit)
  let best: Break | undefined
  let bestScore = -Infinity
  for (let i = firstAfter(text.breaks, from); i < text.breaks.length; i++) {
    const candidate = text.breaks[i]!
    const length = text.tokens(from, candidate.at)
    if (length > limit) {
      // Nothing fits: the first break after the limit is better than a cut inside a word.
      if (!best && length <= MAX_TOKENS) best = candidate
      break
    }
    if (length < LEAST || rest - length < LEAST) continue
    const score = candidate.strength * 0.5 - Math.abs(length - ideal) / ideal
    if (score > bestScore) {
      bestScore = score
      best = candidate
    }
  }
  return best
}

/** Index of the first break beyond `offset`, by bisection. */
function firstAfter(breaks: readonly Break[], offset: number): number {
  let low = 0
  let high = breaks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (breaks[middle]!.at > offset) high = middle
    else low = middle + 1
  }
  return low
}
