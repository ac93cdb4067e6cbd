import type { Persona } from '#protocol/personas.ts'
import { contentWithoutDecorators } from '../prompt/decorators.ts'
import { isRecord, type Fields } from './fields.ts'
import { partsOf, V1_FIELDS } from './kind.ts'
import { withoutDecorators, writeLorebook } from './lore-write.ts'
import { OWN_EXTENSION, readCard, TEXT_FIELDS } from './read.ts'

/** What every reader may count on, whether or not the card that came in had it. */
const REQUIRED: Fields = {
  name: '',
  description: '',
  personality: '',
  scenario: '',
  first_mes: '',
  mes_example: '',
  creator_notes: '',
  system_prompt: '',
  post_history_instructions: '',
  alternate_greetings: [],
  tags: [],
  creator: '',
  character_version: '',
  extensions: {},
  group_only_greetings: [],
}

/**
 * The persona as a Character Card V3. A card that it came from changes only where the persona was changed: whatever is
 * not understood goes out as it came in, at every level.
 */
export function writeCard(persona: Persona, now: Date = new Date()): Fields {
  const before = persona.card && { ...partsOf(persona.card), read: readCard(persona.card, persona.id).persona }
  const changed: Record<string, unknown> = {}
  const set = (field: string, value: unknown, was: unknown) => {
    if (!before || JSON.stringify(value) !== JSON.stringify(was)) changed[field] = value
  }
  set('name', persona.name, before?.read.name)
  for (const [key, field] of TEXT_FIELDS) set(field, persona[key] ?? '', before?.read[key] ?? '')
  set('alternate_greetings', persona.otherGreetings ?? [], before?.read.otherGreetings ?? [])
  if ((persona.nickname ?? '') !== (before?.read.nickname ?? '')) changed['nickname'] = persona.nickname ?? ''

  const seconds = Math.floor(now.getTime() / 1000)
  const { character_book: rawBook, ...data } = { ...REQUIRED, ...before?.data }
  const book = writeBook(persona, rawBook, before?.read)
  return {
    ...before?.root,
    ...mirrored(before?.root ?? {}, changed),
    ...(before && (before.newer || before.version === 3) ? {} : { spec: 'chara_card_v3', spec_version: '3.0' }),
    data: {
      ...data,
      ...changed,
      extensions: writeOwn(persona, data['extensions']),
      ...(book === undefined ? {} : { character_book: book }),
      ...(before ? {} : { creation_date: seconds }),
      modification_date: seconds,
    },
  }
}

/** Some programs repeat the first version's fields beside `data`: they must not contradict it. */
function mirrored(root: Fields, changed: Fields): Fields {
  return Object.fromEntries(
    V1_FIELDS.filter(field => typeof root[field] === 'string' && field in changed).map(field => [
      field,
      changed[field],
    ]),
  )
}

function writeBook({ lorebook }: Persona, raw: unknown, was: Persona | undefined): unknown {
  if (lorebook) return writeLorebook(lorebook, isRecord(raw) ? raw : {}, was?.lorebook)
  // What could not be read was not taken away by anybody.
  return was?.lorebook ? undefined : raw
}

function writeOwn(persona: Persona, raw: unknown): Fields {
  const extensions = isRecord(raw) ? raw : {}
  const { model: _model, temperature: _temperature, spoken: _spoken, ...rest } = ownOf(extensions)
  const { voice, speed, lang, model, temperature, spoken } = persona
  return {
    ...extensions,
    [OWN_EXTENSION]: {
      ...rest,
      voice,
      speed,
      lang,
      ...(model === undefined ? {} : { model }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(spoken === undefined ? {} : { spoken }),
    },
  }
}

const ownOf = (extensions: Fields): Fields => {
  const own = extensions[OWN_EXTENSION]
  return isRecord(own) ? own : {}
}

/** Said to who reads the copy for version 2, where that leaves something out. */
const COPY_NOTE =
  'This is the Character Card V2 copy of a Character Card V3. Use a program that reads version 3 to get all of it.'

/** Keys of a V3 card that version 2 has not. */
const V3_FIELDS = ['nickname', 'assets', 'creator_notes_multilingual', 'source', 'creation_date', 'modification_date']

/** A copy of `card` for programs that know version 2 alone. */
export function toVersion2(card: Fields): Fields {
  const { group_only_greetings, character_book, ...data } = card['data'] as Fields
  const book = withoutDecorators(character_book, contentWithoutDecorators)
  const notes = typeof data['creator_notes'] === 'string' ? data['creator_notes'] : ''
  const loses =
    (Array.isArray(group_only_greetings) && group_only_greetings.length > 0) ||
    data['nickname'] !== undefined ||
    JSON.stringify(book) !== JSON.stringify(character_book)
  return {
    ...card,
    spec: 'chara_card_v2',
    spec_version: '2.0',
    data: {
      ...Object.fromEntries(Object.entries(data).filter(([key]) => !V3_FIELDS.includes(key))),
      ...(loses ? { creator_notes: notes ? `${notes}\n\n${COPY_NOTE}` : COPY_NOTE } : {}),
      ...(book === undefined ? {} : { character_book: book }),
    },
  }
}
