import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import { isRecord, type Fields } from './fields.ts'

/**
 * A lorebook as cards have it. Entries that were read from the card change only where they were changed; what could not
 * be read keeps its place.
 * @param raw the card's own, or an empty one
 * @param was what `raw` was read as
 */
export function writeLorebook(book: Lorebook, raw: Fields, was: Lorebook | undefined): Fields {
  const rawEntries = Array.isArray(raw['entries']) ? (raw['entries'] as readonly unknown[]) : []
  const wasEntries = new Map(was?.entries.map(entry => [entry.from, entry]))
  const entries: unknown[] = book.entries.map(entry => {
    const before = entry.from === undefined ? undefined : wasEntries.get(entry.from)
    return writeEntry(entry, before ? (rawEntries[before.from!] as Fields) : {}, before)
  })
  rawEntries.forEach((entry, at) => {
    if (!wasEntries.has(at)) entries.splice(at, 0, entry)
  })
  return {
    extensions: {},
    ...raw,
    ...(was?.scanDepth === book.scanDepth ? {} : { scan_depth: book.scanDepth }),
    ...(was?.tokenBudget === book.tokenBudget ? {} : { token_budget: book.tokenBudget }),
    ...(was?.recursive === book.recursive ? {} : { recursive_scanning: book.recursive }),
    entries,
  }
}

/** How each part of an entry is written, where it was changed. */
const WRITERS: readonly (readonly [keyof LoreEntry, (entry: LoreEntry) => Fields])[] = [
  ['name', ({ name }) => ({ name: name ?? '' })],
  ['keys', ({ keys }) => ({ keys })],
  ['secondaryKeys', ({ secondaryKeys }) => ({ secondary_keys: secondaryKeys, selective: secondaryKeys.length > 0 })],
  ['content', ({ content }) => ({ content })],
  ['enabled', ({ enabled }) => ({ enabled })],
  ['constant', ({ constant }) => ({ constant })],
  ['exactCase', ({ exactCase }) => ({ case_sensitive: exactCase })],
  ['regex', ({ regex }) => ({ use_regex: regex })],
  ['order', ({ order }) => ({ insertion_order: order })],
  ['priority', ({ priority }) => ({ priority })],
  ['position', ({ position }) => ({ position: `${position}_char` })],
]

/** What every reader may count on, whether or not the card had it. */
const REQUIRED: Fields = { keys: [], content: '', extensions: {}, enabled: true, insertion_order: 0, use_regex: false }

function writeEntry(entry: LoreEntry, raw: Fields, was: LoreEntry | undefined): Fields {
  const changed = WRITERS.filter(([key]) => was === undefined || !sameValue(entry[key], was[key]))
  // Read without an order, it stands where readers put such entries.
  const order = was && !isNumber(raw['insertion_order']) ? { insertion_order: was.order } : {}
  return { ...REQUIRED, ...order, ...raw, ...Object.assign({}, ...changed.map(([, write]) => write(entry))) } as Fields
}

const isNumber = (value: unknown) => typeof value === 'number'

function sameValue(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((item, at) => item === b[at])
}

/** A copy for readers of version 2: they would show decorators to the model, and know no regular expressions. */
export function withoutDecorators(book: unknown, strip: (content: string) => string): unknown {
  if (!isRecord(book) || !Array.isArray(book['entries'])) return book
  const entries = (book['entries'] as readonly unknown[]).map(entry =>
    isRecord(entry) && typeof entry['content'] === 'string' ? { ...entry, content: strip(entry['content']) } : entry,
  )
  return { ...book, entries }
}
