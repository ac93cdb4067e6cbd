import { SeamError } from '#protocol/errors.ts'
import { toBritish } from './british.ts'
import { BRITISH_TERMS, TERMS } from './terms.ts'

/** Phonemes by part of speech (Penn tags, or NOUN, VERB, ADJ, ADV); `null` means: spell it. `None`: before a pause. */
export type Senses = Readonly<Record<string, string | null>>
export type Entry = string | Senses

export interface Found {
  readonly entry: Entry
  readonly silver: boolean
}

type Table = Readonly<Record<string, Entry>>

/** The pronunciations of one accent. */
export interface Lexicon {
  readonly british: boolean
  /** As written; else with the first letter's case changed, where the list holds only that. */
  find(word: string): Found | undefined
  /** Only in the list checked by hand. */
  gold(word: string): Entry | undefined
}

export function loadLexicon(gold: Uint8Array, silver: Uint8Array, british: boolean): Lexicon {
  const goldTable = parse(gold)
  const silverTable = parse(silver)
  const terms: Record<string, Entry> = Object.fromEntries(
    Object.entries(TERMS).map(([word, phonemes]) => [word, british ? toBritish(phonemes, word) : phonemes]),
  )
  if (british) Object.assign(terms, BRITISH_TERMS)
  const folded: Record<string, Entry> = {}
  for (const [word, entry] of Object.entries(terms)) folded[word.toLowerCase()] ??= entry
  const own = (table: Table, word: string) => (Object.hasOwn(table, word) ? table[word] : undefined)
  const either = (table: Table, word: string): Entry | undefined => {
    const entry = own(table, word)
    if (entry !== undefined || word.length < 2) return entry
    const lower = word.toLowerCase()
    if (word === lower) return own(table, capitalised(word))
    return word === capitalised(lower) ? own(table, lower) : undefined
  }
  return {
    british,
    gold: word => own(terms, word) ?? either(goldTable, word),
    find(word) {
      const checked = own(terms, word) ?? either(goldTable, word) ?? own(folded, word.toLowerCase())
      if (checked !== undefined) return { entry: checked, silver: false }
      const unchecked = either(silverTable, word)
      return unchecked === undefined ? undefined : { entry: unchecked, silver: true }
    },
  }
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function parse(bytes: Uint8Array): Table {
  try {
    const table: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof table === 'object' && table !== null) return table as Table
    throw new TypeError('not an object')
  } catch (cause) {
    throw new SeamError(
      'integrity',
      'A pronunciation list cannot be read. Fetch the English pronunciation data again.',
      {
        cause,
      },
    )
  }
}
