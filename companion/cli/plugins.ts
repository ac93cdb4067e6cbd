import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { Verification } from '#protocol/plugins.ts'
import { junit } from '../core/conformance/junit.ts'
import { testPlugins, USUAL_JOBS } from '../core/conformance/kit.ts'
import type { CaseResult } from '../core/conformance/trial.ts'
import { fileError } from '../core/models/files.ts'
import { nearest } from '../core/nearest.ts'
import { isUsable, readPlugin, type FoundPlugin, type UsablePlugin } from '../core/plugins/discovery.ts'
import { MANIFEST } from '../core/plugins/manifest.ts'
import { globalArgs, openContext } from './context.ts'
import { EXIT } from './exit.ts'
import { print, printJson, table, tell } from './output.ts'
import { plainLabel } from './plain.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'
import { accept, install, remove } from './plugin-install.ts'
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

const build = defineCommand({
  meta: { name: 'build', description: 'make the programs of plugins that come as source' },
  args: { plugin: names, ...pluginArgs, ...globalArgs },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const { plugins } = openPlugins(context, rawArgs)
    const chosen = args._.length > 0 ? args._.map(id => find(plugins, id)) : plugins
    const built: string[] = []
    for (const plugin of chosen.filter(isUsable)) {
      if (plugin.manifest.build === undefined) {
        if (args._.length > 0) tell(`${plugin.id}: there is nothing to build.`)
        continue
      }
      if (!context.json) tell(`${plugin.id}: ${plugin.manifest.build.join(' ')}`)
      await runBuild(plugin, plugin.manifest.build, context.signal)
      built.push(plugin.id)
      if (plugin.installed) {
        tell(
          `${plugin.id}: building has changed what was installed. Take that over with: voxloom plugins accept ${plugin.id}`,
        )
      }
    }
    if (context.json) printJson(built)
  },
})

const test = defineCommand({
  meta: { name: 'test', description: 'run every rule of the protocol against plugins, over real pipes' },
  args: {
    plugin: { ...names, description: 'folders with a plugin, or names of the list', valueHint: 'DIR…' },
    junit: { type: 'string', description: 'write the results as JUnit XML', valueHint: 'FILE' },
    jobs: {
      type: 'string',
      description: `plugins at a time, ${USUAL_JOBS} here; with 1, nothing runs beside anything else`,
      valueHint: 'N',
    },
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const { plugins } = openPlugins(context, rawArgs)
    const chosen = args._.length > 0 ? args._.map(given => byFolderOrName(plugins, given)) : plugins
    const jobs = jobsOf(args.jobs)
    let shown: FoundPlugin | undefined
    const onResult = (plugin: FoundPlugin, { verdict, title, message, paragraph }: CaseResult) => {
      if (plugin !== shown) print(plugin.id)
      shown = plugin
      print(`  ${MARKS[verdict]} ${title}${message ? `\n      ${message} (${paragraph})` : ''}`)
    }
    if (chosen.length > 1 && jobs > 1 && !context.json)
      tell(`Trying ${chosen.length} plugins, ${jobs} at a time. What a clock decides comes at the end, alone.`)
    const tested = await testPlugins(chosen, {
      models: context.config.models,
      jobs,
      signal: context.signal,
      ...(!context.json && { onResult }),
    })
    const suites = new Map(tested.map(({ plugin, results }) => [plugin.id, results]))
    if (args.junit !== undefined)
      await writeFile(args.junit, junit(suites)).catch(error => Promise.reject(fileError(error, args.junit!, 'write')))
    const all = [...suites.values()].flat()
    const failures = all.filter(({ verdict }) => verdict === 'failed').length
    if (context.json) printJson(Object.fromEntries(suites))
    else
      print(
        `\n${all.filter(({ verdict }) => verdict === 'passed').length} passed, ${failures} failed, ${all.filter(({ verdict }) => verdict === 'not-applicable').length} without meaning here`,
      )
    return failures === 0 ? EXIT.ok : EXIT.failure
  },
})

/** @throws SeamError bad-input */
function jobsOf(given: string | undefined): number {
  if (given === undefined) return USUAL_JOBS
  const jobs = /^[1-9]\d?$/.test(given) ? Number(given) : Infinity
  if (jobs > MAX_JOBS)
    throw new SeamError('bad-input', `--jobs takes a whole number from 1 to ${MAX_JOBS}, and not “${given}”.`)
  return jobs
}

/** Plugins tried at a time. */
const MAX_JOBS = 64
const MARKS = { passed: '✓', failed: '✗', 'not-applicable': '–' } as const

/** A folder wins: whoever writes a plugin points at it. One that is listed stays confined as it is there. */
function byFolderOrName(plugins: readonly FoundPlugin[], given: string): FoundPlugin {
  const folder = resolve(given)
  if (!existsSync(join(folder, MANIFEST))) return find(plugins, given)
  const real = realpathSync(folder)
  return plugins.find(plugin => realpathSync(plugin.folder) === real) ?? readPlugin(folder)
}

/** @throws SeamError engine, not-found, cancelled */
async function runBuild(
  { id, folder }: UsablePlugin,
  [program, ...rest]: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  // What the build says goes to the error stream: the output is for data.
  const child = spawn(program!, rest, { cwd: folder, stdio: ['ignore', process.stderr, process.stderr], signal })
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0)
      throw new SeamError('engine', `The plugin “${id}” could not be built: ${program} ended with code ${code}.`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new SeamError(
        'not-found',
        `The plugin “${id}” is built with “${program}”, which is not on this machine. Install it and try again.`,
      )
    }
    if (signal.aborted) throw new SeamError('cancelled', 'The build was stopped.')
    throw error
  }
}

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
