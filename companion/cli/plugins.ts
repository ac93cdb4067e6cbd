import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { Verification } from '#protocol/plugins.ts'
import { nearest } from '../core/nearest.ts'
import type { FoundPlugin } from '../core/plugins/discovery.ts'
import { globalArgs, openContext } from './context.ts'
import { EXIT } from './exit.ts'
import { print, printJson, table, tell } from './output.ts'
import { plainLabel } from './plain.ts'
import { build } from './plugin-build.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'
import { accept, install, remove } from './plugin-install.ts'
import { test } from './plugin-test.ts'
import { trust, untrust } from './plugin-trust.ts'

const name = { type: 'positional', required: true, description: 'a plugin of the list', valueHint: 'PLUGIN' } as const
const names = {
  ...name,
  required: false,
  description: 'plugins of the list; all when absent',
  valueHint: 'PLUGIN…',
} as const

const list = defineCommand({
  meta: { name: 'list', description: 'show the plugins, and whether they work' },
  args: { ...pluginArgs, ...globalArgs },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const { shelf, plugins } = openPlugins(context, rawArgs)
    const infos = await Promise.all(plugins.map(plugin => shelf.info(plugin)))
    if (context.json) return printJson(infos)
    const rows = infos.map(({ id, version, stage, input, output, verification, problem }) =>
      problem === undefined
        ? [id, version, stage, input.join(' '), output.join(' '), verification.state]
        : [id, '', '', '', '', 'can’t be used'],
    )
    print(table([['PLUGIN', 'VERSION', 'STAGE', 'READS', 'WRITES', 'STATE'], ...rows]))
    for (const { id, problem } of infos) if (problem !== undefined) tell(plainLabel(`${id}: ${problem}`))
  },
})

const show = defineCommand({
  meta: { name: 'show', description: 'show one plugin: what it does, its options, where it lies' },
  args: { plugin: name, ...pluginArgs, ...globalArgs },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const { shelf, plugins } = openPlugins(context, rawArgs)
    const plugin = find(plugins, args.plugin)
    const info = await shelf.info(plugin)
    if (context.json) return printJson(info)
    if (info.problem !== undefined) tell(`voxloom: ${info.problem}`)
    const facts = [
      ['plugin', `${info.id} ${info.version}`],
      ['does', info.description],
      ['reads', info.input.join(', ')],
      ['writes', info.output.join(', ')],
      ['stage', `${info.stage}, ${info.mode}`],
      ['licence', info.license],
      ['state', `${info.verification.state}${info.verification.message ? `: ${info.verification.message}` : ''}`],
      ['trust', trustWords(plugin)],
      ['sandbox', info.sandbox === 'bubblewrap' ? 'bubblewrap' : 'unsandboxed'],
      ['folder', info.folder],
    ]
    print(table(facts.filter(([, value]) => value !== '').map(row => row.map(plainLabel))))
    const options = Object.entries(info.options).map(
      ([option, { type, default: standard, description = '', ...rest }]) => {
        const range = rest.enum
          ? rest.enum.join('|')
          : [rest.min, rest.max].some(edge => edge !== undefined)
            ? `${rest.min ?? ''}…${rest.max ?? ''}`
            : ''
        return [
          option,
          type,
          standard === undefined ? (rest.required ? 'required' : '–') : String(standard),
          range,
          description,
        ]
      },
    )
    if (options.length > 0) print(`\n${table([['OPTION', 'TYPE', 'DEFAULT', 'RANGE', ''], ...options])}`)
  },
})

function trustWords({ trust, installed }: FoundPlugin): string {
  if (!installed) return trust
  const { source, key, acceptedAt } = installed
  const how = acceptedAt !== undefined ? 'changed since, and accepted; ' : key === undefined ? '' : `by “${key}”; `
  return `${trust} (${how}from ${source})`
}

const verify = defineCommand({
  meta: { name: 'verify', description: 'start plugins with a tiny input and look at what comes' },
  args: { plugin: names, ...pluginArgs, ...globalArgs },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const { shelf, plugins } = openPlugins(context, rawArgs)
    const chosen = args._.length > 0 ? args._.map(id => find(plugins, id)) : plugins
    const results: ({ id: string } & Verification)[] = []
    for (const plugin of chosen) {
      const { verification, problem } = await shelf.verifyFound(plugin, context.signal)
      const { state, at, message = problem } = verification
      results.push({ id: plugin.id, state, at, message })
      if (!context.json) print(`${plugin.id}: ${state}${message ? `. ${message}` : ''}`)
    }
    if (context.json) printJson(results)
    return results.every(({ state }) => state === 'verified') ? EXIT.ok : EXIT.failure
  },
})

function find(plugins: readonly FoundPlugin[], id: string): FoundPlugin {
  const found = plugins.find(plugin => plugin.id === id)
  if (found) return found
  const meant = nearest(
    id,
    plugins.map(plugin => plugin.id),
  )
  throw new SeamError(
    'not-found',
    `There is no plugin “${id}”. ${meant ? `Did you mean “${meant}”?` : 'See voxloom plugins list.'}`,
  )
}

export const plugins = defineCommand({
  meta: { name: 'plugins', description: 'list, check, build, install and remove plugins' },
  args: globalArgs,
  subCommands: { list, show, verify, test, build, install, remove, accept, trust, untrust },
})
