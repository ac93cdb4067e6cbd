import { z } from 'zod'
import { DEFAULT_LORE, DEFAULT_SPEECH, EMPTY_LORE_ENTRY } from '#dialogue/personas/defaults.ts'
import {
  MAX_GREETINGS,
  MAX_LORE_ENTRIES,
  MAX_LORE_KEY,
  MAX_LORE_KEYS,
  MAX_PERSONA_NAME,
  MAX_PERSONA_TEXT,
  MAX_VOICES,
  SPEED_RANGE,
  TEMPERATURE_RANGE,
} from '#dialogue/personas/limits.ts'

// Personas as requests hold them. Keys that are not known here are kept: a newer page may have written them.

const text = z.string().max(MAX_PERSONA_TEXT)
const short = z.string().max(MAX_PERSONA_NAME)
const keys = z.array(z.string().max(MAX_LORE_KEY)).max(MAX_LORE_KEYS)
const count = z.int().min(0)

const loreEntry = z.looseObject({
  name: short.optional(),
  keys: keys.default([]),
  secondaryKeys: keys.default([]),
  content: text.default(''),
  enabled: z.boolean().default(EMPTY_LORE_ENTRY.enabled),
  constant: z.boolean().default(EMPTY_LORE_ENTRY.constant),
  exactCase: z.boolean().default(EMPTY_LORE_ENTRY.exactCase),
  regex: z.boolean().default(EMPTY_LORE_ENTRY.regex),
  order: z.number().default(EMPTY_LORE_ENTRY.order),
  priority: z.number().default(EMPTY_LORE_ENTRY.priority),
  position: z.enum(['before', 'after']).default(EMPTY_LORE_ENTRY.position),
  from: count.optional(),
})

const lorebook = z.looseObject({
  entries: z.array(loreEntry).max(MAX_LORE_ENTRIES),
  scanDepth: count.default(DEFAULT_LORE.scanDepth),
  tokenBudget: count.default(DEFAULT_LORE.tokenBudget),
  recursive: z.boolean().default(DEFAULT_LORE.recursive),
})

/** What a persona always has. */
const needed = {
  name: short.regex(/\S/, { error: 'a persona has a name' }),
  prompt: text,
  greeting: text,
  voice: z
    .array(z.object({ id: short.min(1), weight: z.number().positive() }))
    .min(1)
    .max(MAX_VOICES),
  speed: z.number().min(SPEED_RANGE.min).max(SPEED_RANGE.max),
  lang: z.string().min(1).max(MAX_PERSONA_NAME).toLowerCase(),
}

/** What it may be without. */
const more = {
  nickname: short,
  description: text,
  personality: text,
  scenario: text,
  examples: text,
  postHistory: text,
  otherGreetings: z.array(text).max(MAX_GREETINGS),
  model: short,
  temperature: z.number().min(TEMPERATURE_RANGE.min).max(TEMPERATURE_RANGE.max),
  spoken: z.boolean(),
  lorebook,
  card: z.record(z.string(), z.unknown()).meta({ description: 'The character card that it came from' }),
}

const optional = z.object(more).partial().shape

/** A new persona: a name is enough. */
export const draftSchema = z
  .looseObject({
    ...needed,
    prompt: needed.prompt.default(''),
    greeting: needed.greeting.default(''),
    voice: needed.voice.default([...DEFAULT_SPEECH.voice]),
    speed: needed.speed.default(DEFAULT_SPEECH.speed),
    lang: needed.lang.default(DEFAULT_SPEECH.lang),
    ...optional,
  })
  .meta({ id: 'PersonaDraft' })

const nullable = Object.fromEntries(Object.entries(more).map(([key, schema]) => [key, schema.nullable()])) as {
  [Key in keyof typeof more]: z.ZodNullable<(typeof more)[Key]>
}

/** What is to be different; `null` takes a field away. */
export const patchSchema = z
  .looseObject({
    ...z.object(needed).partial().shape,
    ...z.object(nullable).partial().shape,
    revision: count
      .optional()
      .meta({ description: 'The revision that the change was made from; If-Match says the same' }),
  })
  .meta({ id: 'PersonaPatch' })

/** What the list tells of each. */
export const summarySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    voice: z.array(z.object({ id: z.string(), weight: z.number() })),
    lang: z.string(),
    origin: z
      .enum(['own', 'included', 'changed'])
      .meta({ description: 'Made or imported here; came with Voxloom; came with it and was changed' }),
    revision: z.int().meta({ description: 'Raised by one at every change' }),
    updatedAt: z.string().optional(),
  })
  .meta({ id: 'PersonaSummary' })

/** A persona as answers hold it. What was kept is told as it is, whatever an earlier version let in. */
export const personaSchema = z
  .looseObject({
    ...summarySchema.shape,
    prompt: z.string(),
    greeting: z.string(),
    speed: z.number(),
    lorebook: z.looseObject({ entries: z.array(z.looseObject({ keys: z.array(z.string()) })) }).optional(),
  })
  .meta({ id: 'Persona' })

export const importedSchema = z
  .object({
    personas: z.array(summarySchema),
    problems: z.array(
      z.object({ name: z.string(), sentences: z.array(z.string()) }).meta({
        description: 'What could not be used of a persona; it stays in its card',
      }),
    ),
  })
  .meta({ id: 'ImportedPersonas' })
