import { SeamError } from '#protocol/errors.ts'
import { isRecord, type Fields } from './fields.ts'

/** Where the parts of a card stand, whichever version it is. */
export interface CardParts {
  readonly version: 1 | 2 | 3
  /** What stands beside the character's own fields. */
  readonly root: Fields
  readonly data: Fields
  /** How the fields' places begin in a sentence: empty for version 1, which has no `data`. */
  readonly path: string
  /** The card says that it is newer than version 3. */
  readonly newer: boolean
}

/** The fields of the first version, which had no others. */
export const V1_FIELDS = ['name', 'description', 'personality', 'scenario', 'first_mes', 'mes_example'] as const

/**
 * Character Card V1, V2 (malfoyslastname/character-card-spec-v2) and V3 (kwaroran/character-card-spec-v3).
 * @throws SeamError bad-input when it is none of them
 */
export function partsOf(card: unknown): CardParts {
  if (!isRecord(card)) throw notACard('')
  const { spec, data } = card
  if (typeof spec === 'string' && spec.startsWith('lorebook')) {
    throw notACard(' It is a lorebook, which belongs to a character: import the character’s own card.')
  }
  if (isRecord(data)) {
    const told = typeof spec === 'string' && spec.startsWith('chara_card_v')
    if (!told && !V1_FIELDS.some(field => typeof data[field] === 'string')) throw notACard('')
    const major = told ? Number(spec.slice('chara_card_v'.length)) : 2
    const minor = Number(card['spec_version'])
    return {
      version: major === 2 ? 2 : 3,
      root: card,
      data,
      path: 'data.',
      newer: major > 3 || (major === 3 && minor > 3),
    }
  }
  const described = V1_FIELDS.slice(1).some(field => typeof card[field] === 'string')
  if (spec !== undefined || typeof card['name'] !== 'string' || !described) throw notACard('')
  const entries = Object.entries(card)
  const isField = ([key]: [string, unknown]) => (V1_FIELDS as readonly string[]).includes(key)
  return {
    version: 1,
    root: Object.fromEntries(entries.filter(entry => !isField(entry))),
    data: Object.fromEntries(entries.filter(isField)),
    path: '',
    newer: false,
  }
}

function notACard(more: string): SeamError {
  return new SeamError('bad-input', `This file holds no character card.${more} Nothing was imported.`)
}
