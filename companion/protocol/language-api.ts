import { z } from 'zod'
import { LANGUAGE_PRESETS } from './language.ts'

// Schemas of `/language/…`: requests are checked against them, and openapi.json is made from them.

/** Characters of a provider's name, of its address, of a model's name, and of a key. */
export const LONGEST_NAME = 80
export const LONGEST_BASE = 2048
export const LONGEST_MODEL = 256
export const LONGEST_KEY = 4096
/** Messages of a dialogue; how long they may be together is the body's limit. */
export const MOST_MESSAGES = 2000
export const HIGHEST_TEMPERATURE = 2
export const MOST_TOKENS = 1_000_000

const modelName = z
  .string()
  .max(LONGEST_MODEL)
  .regex(/^[^\x00-\x1f\x7f-\x9f]*$/, { error: 'a model’s name has no control characters' })

export const providerParams = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
    error: 'an id has 1 to 32 lower-case letters, digits and hyphens, and no hyphen first',
  }),
})

export const providerSchema = z
  .object({
    id: z.string(),
    preset: z.enum(LANGUAGE_PRESETS),
    name: z.string(),
    base: z.string(),
    model: z.string(),
    hasKey: z.boolean().meta({ description: 'Whether there is a key. The key itself is never told.' }),
  })
  .meta({ id: 'LanguageProvider' })

export const providerBody = z
  .strictObject({
    preset: z.enum(LANGUAGE_PRESETS),
    name: z
      .string()
      .min(1)
      .max(LONGEST_NAME)
      .regex(/^[^\x00-\x1f\x7f-\x9f]*$/, { error: 'a name has no control characters' }),
    base: z.string().min(1).max(LONGEST_BASE),
    model: modelName,
    key: z
      .string()
      .max(LONGEST_KEY)
      .regex(/^[\x21-\x7e]*$/, { error: 'a key has visible ASCII characters alone' })
      .optional()
      .meta({ description: 'Left out: the key that is there stays. Empty: it is removed.' }),
  })
  .meta({ id: 'LanguageProviderDraft' })

export const healthSchema = z
  .union([
    z.object({ state: z.literal('ready'), models: z.array(z.string()) }),
    z.object({ state: z.enum(['down', 'refused', 'loading', 'unsupported']), why: z.string() }),
  ])
  .meta({ id: 'LanguageModelHealth' })

export const chatBody = z
  .strictObject({
    messages: z
      .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: z.string() }))
      .min(1)
      .max(MOST_MESSAGES),
    model: modelName.min(1).optional(),
    temperature: z.number().min(0).max(HIGHEST_TEMPERATURE).optional(),
    maxTokens: z.int().min(1).max(MOST_TOKENS).optional(),
  })
  .meta({ id: 'ChatRequest' })
