import type { Json, JsonSchema } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { configFault, unknownSettings, withoutWays, type ConfigFault } from './config-faults.ts'
import { secretsOf } from './config-secrets.ts'
import { depthOf } from './json-text.ts'
import { compileSchema, inTime } from './schema-compiler.ts'

/** Characters of all settings of a plugin, as JSON. */
export const MAX_CONFIG = 256 * 1024
/** Levels of objects and lists in settings. */
export const MAX_CONFIG_DEPTH = 32
/** Faults told at once. */
export const MAX_CONFIG_FAULTS = 50

export type ConfigValues = Readonly<Record<string, Json>>
export interface ConfigRules {
  /** Settings that are never told. */
  readonly secrets: readonly string[]
  /** @returns the values with defaults where there were none, and what is wrong with them */
  check(values: ConfigValues): { readonly values: ConfigValues; readonly faults: readonly ConfigFault[] }
}

/** A plugin without a schema takes no settings. */
const NONE: JsonSchema = { type: 'object', properties: {} }
const known = new WeakMap<JsonSchema, ConfigRules>()

/**
 * What a manifest's `config_schema` asks of a plugin's settings.
 * @throws SeamError bad-input for a schema that is none
 */
export function configRules(schema: JsonSchema = NONE): ConfigRules {
  const before = known.get(schema)
  if (before) return before
  const rules = rulesOf(schema)
  known.set(schema, rules)
  return rules
}

function rulesOf(schema: JsonSchema): ConfigRules {
  const { validate, secrets } = compile(schema)
  return {
    secrets,
    check(given) {
      const size = JSON.stringify(given).length
      if (size > MAX_CONFIG) return wrong(given, `The settings have ${size} characters; they may have ${MAX_CONFIG}.`)
      if (depthOf(given, MAX_CONFIG_DEPTH) > MAX_CONFIG_DEPTH)
        return wrong(given, `The settings are nested more than ${MAX_CONFIG_DEPTH} levels deep.`)
      // Defaults are put into what is checked.
      const values = structuredClone(given)
      try {
        const found = inTime(() => validate(values)) ? [] : (validate.errors ?? [])
        const faults = withoutWays(found.slice(0, MAX_CONFIG_FAULTS)).map(error => configFault(error, values, secrets))
        return { values, faults: distinct([...unknownSettings(schema, values), ...faults]).slice(0, MAX_CONFIG_FAULTS) }
      } catch (error) {
        return wrong(given, `The settings can’t be checked by the plugin’s schema: ${wordsOf(error)}.`)
      }
    },
  }
}

const wrong = (values: ConfigValues, message: string) => ({ values, faults: [{ path: '', message }] })

const distinct = (faults: readonly ConfigFault[]) => [
  ...new Map(faults.map(fault => [`${fault.path}\n${fault.message}`, fault])).values(),
]

function compile(schema: JsonSchema) {
  if (schema['type'] !== undefined && schema['type'] !== 'object') {
    throw refusal(`it describes ${JSON.stringify(schema['type'])}, and settings are an “object”`)
  }
  try {
    return { validate: compileSchema(schema), secrets: inTime(() => secretsOf(schema)) }
  } catch (error) {
    throw refusal(wordsOf(error), error)
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof RangeError) return 'it never ends'
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '').slice(0, 400)
}

const refusal = (why: string, cause?: unknown) =>
  new SeamError(
    'bad-input',
    `“config_schema” in manifest.json can’t be used: ${why}${why.endsWith('?') ? '' : '.'} See json-schema.org.`,
    { cause },
  )
