import { defineCommand } from 'citty'
import type { ContractConfig, ContractInfo, Json, JsonSchema } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import type { Companion } from '../companion.ts'
import { globalArgs, type Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { print, printJson, table, tell } from '../output.ts'
import { plainLabel } from '../plain.ts'
import { pluginArgs } from '../plugin-context.ts'
import { wanted } from '../../core/contracts/schema-words.ts'
import { readText } from '../text.ts'
import { companionFor, oneOf, pluginName, portArg, withContracts } from './host.ts'

export const config = defineCommand({
  meta: { name: 'config', description: 'show the settings of a contract plugin, or set one' },
  args: {
    plugin: pluginName,
    key: { type: 'positional', required: false, description: 'a setting of the plugin', valueHint: 'KEY' },
    value: {
      type: 'positional',
      required: false,
      description: 'what it becomes; - reads it from the input, which is for secrets',
      valueHint: 'VALUE',
    },
    unset: { type: 'boolean', description: 'back to the default; a secret is removed' },
    ...portArg,
    ...pluginArgs,
    ...globalArgs,
  },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, context) => {
      const { plugin, key, value } = args
      const companion = await companionFor(context, args)
      const settings = companion ? ofCompanion(companion, plugin) : ofHost(host, plugin)
      const now = await settings.now()
      if (key === undefined) return showAll(now, context)
      const schema = oneOf('setting', key, propertiesOf(now), `See voxloom contracts config ${plugin}.`)
      if (value === undefined && !args.unset) return showOne(now, key, schema, context)
      if (value !== undefined && args.unset) throw new SeamError('bad-input', 'Give a value or --unset, and not both.')
      const next = { ...now.values }
      if (value !== undefined) next[key] = await valueFor(key, value, schema, context)
      else if (now.secrets.includes(key)) next[key] = ''
      else delete next[key]
      const { config, hold } = await settings.keep(next)
      if (context.json) printJson(config)
      else print(`${plugin}: ${key} is ${args.unset ? 'not set any more' : 'set'}. ${hold}`)
    }),
})

/** Settings of one plugin, and whoever keeps them. */
interface Settings {
  now(): ContractConfig | Promise<ContractConfig>
  /** @returns what is kept, and when it holds, as a sentence @throws SeamError */
  keep(values: Readonly<Record<string, Json>>): Promise<{ readonly config: ContractConfig; readonly hold: string }>
}

const ofHost = (host: ContractHost, plugin: string): Settings => ({
  now: () => host.config(plugin),
  keep: async values => ({
    config: await host.configure(plugin, values),
    hold: 'It holds from the plugin’s next start.',
  }),
})

/** A companion swaps a plugin that runs, so that the setting holds at once. */
function ofCompanion({ address, json }: Companion, plugin: string): Settings {
  const path = `/contracts/${encodeURIComponent(plugin)}`
  return {
    now: () => json<ContractConfig>('GET', `${path}/config`),
    async keep(values) {
      const config = await json<ContractConfig>('PUT', `${path}/config`, { values })
      const { pid } = await json<ContractInfo>('GET', path)
      const hold =
        pid === undefined ? 'It holds from the plugin’s next start.' : `The companion at ${address} works with it now.`
      return { config, hold }
    },
  }
}

const propertiesOf = ({ schema, values, secrets }: ContractConfig) => {
  const named = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
  // What the schema allows without naming it was set once.
  const others = [...Object.keys(values), ...secrets].filter(key => !Object.hasOwn(named, key))
  return new Map<string, JsonSchema>([...others.map(key => [key, {}] as const), ...Object.entries(named)])
}

function showAll(now: ContractConfig, { json }: Context): number {
  if (json) printJson(now)
  else {
    const rows = [...propertiesOf(now)].map(([key, schema]) => [
      key,
      shown(now, key, schema),
      plainLabel(String(schema['title'] ?? schema['description'] ?? '')),
    ])
    if (rows.length === 0) print('It has no settings.')
    else print(table([['SETTING', 'VALUE', ''], ...rows]))
    for (const { message } of now.faults) tell(plainLabel(message))
  }
  return now.faults.length > 0 ? EXIT.usage : EXIT.ok
}

function showOne(now: ContractConfig, key: string, schema: JsonSchema, { json }: Context): void {
  if (!json) return print(shown(now, key, schema))
  const isSecret = now.secrets.includes(key)
  if (isSecret) printJson({ key, secret: true, set: now.set.includes(key) })
  else printJson({ key, value: now.values[key] ?? schema['default'] ?? null, set: key in now.values })
}

/** As it is, or as it would be. */
function shown({ values, secrets, set }: ContractConfig, key: string, schema: JsonSchema): string {
  if (secrets.includes(key)) return set.includes(key) ? '(set)' : '–'
  const value = values[key] ?? schema['default']
  return value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
}

/** Text stays text where the setting is one; everything else is JSON. */
async function valueFor(key: string, given: string, schema: JsonSchema, { signal }: Context): Promise<Json> {
  const text = given === '-' ? (await readText('-', { signal })).replace(/\r?\n$/, '') : given
  const { type } = schema
  if (type === 'string') return text
  try {
    return JSON.parse(text) as Json
  } catch {
    if (type === undefined || [type].flat().includes('string')) return text
    throw new SeamError('bad-input', `“${key}” is “${text.slice(0, 80)}”, and must be ${wanted(schema)}.`)
  }
}
