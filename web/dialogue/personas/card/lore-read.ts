import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import { DEFAULT_LORE, DEFAULT_ORDER } from '../defaults.ts'
import { MAX_LORE_ENTRIES, MAX_LORE_KEY, MAX_LORE_KEYS, MAX_PERSONA_NAME, MAX_PERSONA_TEXT } from '../limits.ts'
import { fieldReader, isRecord, type Fields } from './fields.ts'

/** @param path where the book stands, for the sentences */
export function readLorebook(book: Fields, path: string, problems: string[]): Lorebook {
  const fields = fieldReader(book, path, problems)
  const list = fields.list('entries') ?? []
  if (list.length > MAX_LORE_ENTRIES) {
    problems.push(
      `The lorebook has ${list.length} entries; the first ${MAX_LORE_ENTRIES} are used. The others stay in the card.`,
    )
  }
  const entries = list.slice(0, MAX_LORE_ENTRIES).flatMap((entry, from) => {
    if (isRecord(entry)) return [readEntry(entry, from, `${path}entries[${from}].`, problems)]
    problems.push(`Entry ${from + 1} of the lorebook is no object. It was left out here, and stays in the card.`)
    return []
  })
  return {
    entries,
    scanDepth: count(fields.number('scan_depth')) ?? DEFAULT_LORE.scanDepth,
    tokenBudget: count(fields.number('token_budget')) ?? DEFAULT_LORE.tokenBudget,
    recursive: fields.flag('recursive_scanning') ?? DEFAULT_LORE.recursive,
  }
}

function readEntry(entry: Fields, from: number, path: string, problems: string[]): LoreEntry {
  const fields = fieldReader(entry, path, problems)
  const name = fields.text('name', MAX_PERSONA_NAME) || fields.text('comment', MAX_PERSONA_NAME)
  const order = fields.number('insertion_order') ?? DEFAULT_ORDER
  const secondaryKeys = fields.keys('secondary_keys', MAX_LORE_KEYS, MAX_LORE_KEY)
  return {
    ...(name ? { name } : {}),
    keys: fields.keys('keys', MAX_LORE_KEYS, MAX_LORE_KEY),
    // Without `selective` they are what an editor kept for later.
    secondaryKeys: fields.flag('selective') ? secondaryKeys : [],
    content: fields.text('content', MAX_PERSONA_TEXT),
    enabled: fields.flag('enabled') ?? true,
    constant: fields.flag('constant') ?? false,
    exactCase: fields.flag('case_sensitive') ?? false,
    regex: fields.flag('use_regex') ?? false,
    order,
    // The specification lets the order stand in: what comes later is nearer to the talk, and matters more.
    priority: fields.number('priority') ?? order,
    position: fields.text('position', MAX_PERSONA_NAME) === 'after_char' ? 'after' : 'before',
    from,
  }
}

function count(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.max(0, Math.floor(value))
}
