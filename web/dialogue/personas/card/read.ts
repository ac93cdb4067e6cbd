import type { Persona } from '#protocol/personas.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { DEFAULT_SPEECH } from '../defaults.ts'
import {
  MAX_GREETINGS,
  MAX_PERSONA_NAME,
  MAX_PERSONA_TEXT,
  MAX_VOICES,
  SPEED_RANGE,
  TEMPERATURE_RANGE,
} from '../limits.ts'
import { fieldReader, isRecord, type FieldReader, type Fields } from './fields.ts'
import { partsOf } from './kind.ts'
import { readLorebook } from './lore-read.ts'

export interface CardReading {
  readonly persona: Persona
  /** Sentences about what could not be used. All of it stays in the card. */
  readonly problems: readonly string[]
}

/** Which field of a card holds which of a persona's texts. */
export const TEXT_FIELDS = [
  ['prompt', 'system_prompt'],
  ['description', 'description'],
  ['personality', 'personality'],
  ['scenario', 'scenario'],
  ['examples', 'mes_example'],
  ['postHistory', 'post_history_instructions'],
  ['greeting', 'first_mes'],
] as const

/** Where our own fields stand in `extensions`. */
export const OWN_EXTENSION = 'voxloom'

/**
 * The persona that a card describes. Fields that can't be used are named and left out; nothing of the card is lost,
 * since the persona keeps it whole.
 * @param card what JSON gave
 * @throws SeamError bad-input when it is no card
 */
export function readCard(card: unknown, id: string = crypto.randomUUID()): CardReading {
  const { data, path, newer } = partsOf(card)
  const problems: string[] = []
  if (newer) {
    problems.push(
      'The card is of a newer version than 3. What this version knows was read, the rest stays in the card.',
    )
  }
  const fields = fieldReader(data, path, problems)
  const name = fields.text('name', MAX_PERSONA_NAME).trim()
  if (!name) problems.push('The card gives no name; the character is called “Unnamed” until you change it.')
  const texts = Object.fromEntries(
    TEXT_FIELDS.map(([key, field]) => [key, fields.text(field, MAX_PERSONA_TEXT)] as const),
  ) as Record<(typeof TEXT_FIELDS)[number][0], string>
  const { prompt, greeting, ...others } = texts
  const nickname = fields.text('nickname', MAX_PERSONA_NAME)
  const otherGreetings = fields.texts('alternate_greetings', MAX_GREETINGS, MAX_PERSONA_TEXT)
  const book = fields.record('character_book')
  const extensions = fields.record('extensions') ?? {}
  return {
    persona: {
      id,
      name: name || 'Unnamed',
      ...(nickname ? { nickname } : {}),
      prompt,
      ...Object.fromEntries(Object.entries(others).filter(([, text]) => text !== '')),
      greeting,
      ...(otherGreetings.length > 0 ? { otherGreetings } : {}),
      ...readOwn(extensions, `${path}extensions.`, problems),
      ...(book ? { lorebook: readLorebook(book, `${path}character_book.`, problems) } : {}),
      card: card as Fields,
    },
    problems,
  }
}

type Own = Pick<Persona, 'voice' | 'speed' | 'lang' | 'model' | 'temperature' | 'spoken'>

function readOwn(extensions: Fields, path: string, problems: string[]): Own {
  const own = fieldReader(extensions, path, problems).record(OWN_EXTENSION)
  if (!own) return DEFAULT_SPEECH
  const fields = fieldReader(own, `${path}${OWN_EXTENSION}.`, problems)
  const model = fields.text('model', MAX_PERSONA_NAME)
  const temperature = fields.number('temperature')
  const spoken = fields.flag('spoken')
  return {
    voice: readVoice(fields, problems) ?? DEFAULT_SPEECH.voice,
    speed: within(fields.number('speed') ?? DEFAULT_SPEECH.speed, SPEED_RANGE),
    lang: fields.text('lang', MAX_PERSONA_NAME).toLowerCase() || DEFAULT_SPEECH.lang,
    ...(model ? { model } : {}),
    ...(temperature === undefined ? {} : { temperature: within(temperature, TEMPERATURE_RANGE) }),
    ...(spoken === undefined ? {} : { spoken }),
  }
}

function readVoice(fields: FieldReader, problems: string[]): VoiceBlend | undefined {
  const list = fields.list('voice') ?? []
  const usable = list.flatMap(part => {
    if (!isRecord(part)) return []
    const { id, weight } = part
    const isPart = typeof id === 'string' && id !== '' && typeof weight === 'number' && weight > 0 && weight < Infinity
    return isPart ? [{ id: id.slice(0, MAX_PERSONA_NAME), weight }] : []
  })
  const parts = usable.slice(0, MAX_VOICES)
  if (parts.length < list.length) {
    problems.push(
      `The voice has ${list.length} parts; ${parts.length} are used: at most ${MAX_VOICES}, each with an id and a weight ` +
        'above 0.',
    )
  }
  return parts.length > 0 ? parts : undefined
}

function within(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, value))
}
