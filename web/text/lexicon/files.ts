import { SeamError } from '#protocol/errors.ts'
import type { LexiconEntry } from '#protocol/speech.ts'
import { parseCsv, writeCsv } from './csv.ts'
import { collect, type ImportedLexicon } from './validate.ts'

/** The longest lexicon file, UTF-16 units. */
export const MAX_LEXICON_FILE = 4_000_000

const HEADER = ['word', 'as', 'ipa', 'exactCase']
const TRUE = /^(?:true|yes|1|x)$/i

export function lexiconToJson(entries: readonly LexiconEntry[]): string {
  return JSON.stringify({ format: 'voxloom-lexicon', version: 1, entries }, null, 2) + '\n'
}

/** A header row, then `word,as,ipa,exactCase`. */
export function lexiconToCsv(entries: readonly LexiconEntry[]): string {
  return writeCsv([
    HEADER,
    ...entries.map(({ word, as, ipa, exactCase }) => [word, as ?? '', ipa ?? '', exactCase ? 'true' : '']),
  ])
}

/**
 * Reads what `lexiconToJson` or `lexiconToCsv` wrote, a bare JSON array of entries, or CSV without a header
 * (`word,as`). Rows that can't be used are named in `problems`; the others are kept.
 * @throws SeamError bad-input when the file is neither, or too long
 */
export function parseLexicon(file: string): ImportedLexicon {
  if (file.length > MAX_LEXICON_FILE) {
    throw new SeamError(
      'bad-input',
      `The lexicon is longer than ${MAX_LEXICON_FILE} characters. Nothing was imported; split it into several files.`,
      { details: { length: file.length, limit: MAX_LEXICON_FILE } },
    )
  }
  const text = file.replace(/^\ufeff/, '')
  return /^\s*[[{]/.test(text) ? fromJson(text) : fromCsv(text)
}

function fromJson(text: string): ImportedLexicon {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new SeamError('bad-input', 'The lexicon is not valid JSON. Nothing was imported; check the file.', { cause })
  }
  const list = Array.isArray(data) ? data : (data as { entries?: unknown } | null)?.entries
  if (!Array.isArray(list)) {
    throw new SeamError(
      'bad-input',
      'The file holds no list of lexicon entries. Nothing was imported; choose a lexicon file.',
    )
  }
  return collect(
    list.map((entry: unknown, index) => ({
      row: index + 1,
      entry: typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {},
    })),
  )
}

function fromCsv(text: string): ImportedLexicon {
  const rows = parseCsv(text)
  const head = (rows[0] ?? []).map(name => name.trim().toLowerCase())
  const named = head.includes('word')
  const column = (name: string, fallback: number) => (named ? head.indexOf(name.toLowerCase()) : fallback)
  const places = HEADER.map((name, index) => column(name, index))
  const [word = -1, as = -1, ipa = -1, exactCase = -1] = places
  const cell = (row: readonly string[], place: number) => row[place]?.trim() || undefined
  return collect(
    rows.flatMap((row, index) => {
      if ((named && index === 0) || row.every(value => value.trim() === '')) return []
      const entry = {
        word: cell(row, word),
        as: cell(row, as),
        ipa: cell(row, ipa),
        exactCase: TRUE.test(cell(row, exactCase) ?? ''),
      }
      return [{ row: index + 1, entry }]
    }),
  )
}
