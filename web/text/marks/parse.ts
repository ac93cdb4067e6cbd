/** The longest pause that a mark may ask for, seconds. */
export const MAX_PAUSE_SECONDS = 30
/** The longest word or phrase that an override may cover, UTF-16 units. */
export const MAX_OVERRIDE_WORD = 100
/** The longest pronunciation that an override may give, UTF-16 units. */
export const MAX_OVERRIDE_IPA = 200

/** A stretch of text, UTF-16 offsets, `to` exclusive. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/** Silence asked for inside the text. */
export interface PauseMark {
  /** Where the mark begins. */
  readonly at: number
  readonly seconds: number
}

/** A word whose pronunciation the writer gives. */
export interface OverrideMark extends TextRange {
  /** In the engine's phoneme alphabet. The range is the word alone, without brackets. */
  readonly ipa: string
}

export interface ParsedMarks {
  /** As long as the text, with everything that is not spoken replaced by spaces: offsets hold in both. */
  readonly plain: string
  readonly pauses: readonly PauseMark[]
  readonly overrides: readonly OverrideMark[]
  /** The marks as written, brackets included, in order. */
  readonly marks: readonly TextRange[]
}

// Every repetition has a bound, so a text of brackets alone still takes linear time.
const MARK = new RegExp(
  String.raw`\[ ?pause {1,3}(\d{1,6}(?:\.\d{1,3})?) ?(ms|s) ?\]` +
    String.raw`|\[([^\[\]\n]{1,${MAX_OVERRIDE_WORD}})\]\(\/([^\/()\n]{1,${MAX_OVERRIDE_IPA}})\/\)`,
  'gi',
)
const BLANK = /[^\n]/g
const blank = (text: string): string => text.replace(BLANK, ' ')

/**
 * Finds `[pause 1.5s]`, `[pause 500ms]` and `[Nguyen](/wˈɪn/)`, the form that Kokoro's own G2P reads. Whatever is
 * malformed or past a limit is left in `plain` and so is read as text: the listener hears what was mistyped.
 */
export function parseMarks(text: string): ParsedMarks {
  if (!text.includes('[')) return { plain: text, pauses: [], overrides: [], marks: [] }
  const pauses: PauseMark[] = []
  const overrides: OverrideMark[] = []
  const marks: TextRange[] = []
  let plain = ''
  let done = 0
  for (const match of text.matchAll(MARK)) {
    const [whole, amount, unit, word, ipa] = match
    const from = match.index
    const to = from + whole.length
    let spoken = blank(whole)
    if (amount !== undefined) {
      const seconds = Number(amount) / (unit?.toLowerCase() === 'ms' ? 1000 : 1)
      if (seconds > MAX_PAUSE_SECONDS) continue
      pauses.push({ at: from, seconds })
    } else {
      if (!word?.trim() || !ipa?.trim()) continue
      overrides.push({ from: from + 1, to: from + 1 + word.length, ipa: ipa.trim() })
      spoken = ' ' + word + blank(whole.slice(word.length + 1))
    }
    marks.push({ from, to })
    plain += text.slice(done, from) + spoken
    done = to
  }
  return { plain: plain + text.slice(done), pauses, overrides, marks }
}

/** The mark for a pause, as `parseMarks` reads it. @param seconds is held to 0…30 and to whole milliseconds */
export function pauseMark(seconds: number): string {
  const held = Math.min(MAX_PAUSE_SECONDS, Math.max(0, seconds))
  return held < 1 ? `[pause ${Math.round(held * 1000)}ms]` : `[pause ${Number(held.toFixed(3))}s]`
}
