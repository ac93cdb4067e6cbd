import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { relative } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { FoundContract } from '../core/contracts/discovery.ts'
import { installedFolder } from '../core/plugins/folders.ts'
import type { FoundPlugin } from '../core/plugins/discovery.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { contractsOf } from './contracts/trying.ts'
import { printJson, tell } from './output.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'
import { none } from './plugin-test.ts'

/** A plugin of either kind, as far as it is built. */
interface Buildable {
  readonly name: string
  readonly folder: string
  /** Undefined where there is nothing to build. */
  readonly build: readonly string[] | undefined
}

const frameOf = ({ id, folder, manifest }: FoundPlugin): Buildable => ({ name: id, folder, build: manifest?.build })
const contractOf = ({ name, folder, manifest }: FoundContract): Buildable => ({ name, folder, build: manifest?.build })

/** @param find the plugins among which the command looks */
const buildCommand = (description: string, find: (context: Context, rawArgs: readonly string[]) => Buildable[]) =>
  defineCommand({
    meta: { name: 'build', description },
    args: {
      plugin: {
        type: 'positional',
        required: false,
        description: 'plugins of the list; all when absent',
        valueHint: 'PLUGIN…',
      },
      ...pluginArgs,
      ...globalArgs,
    },
    async run({ args, rawArgs }) {
      const context = await openContext(args)
      const built = await buildAll(find(context, rawArgs), args._, context)
      if (context.json) printJson(built)
    },
  })

export const build = buildCommand('make the programs of plugins of either kind that come as source', (context, raw) => [
  ...openPlugins(context, raw).plugins.map(frameOf),
  ...contractsOf(context, raw).map(contractOf),
])

export const buildContracts = buildCommand('make the programs of contract plugins that come as source', (...given) =>
  contractsOf(...given).map(contractOf),
)

/** @returns the names of what was built @throws SeamError not-found, with the nearest name */
async function buildAll(
  plugins: readonly Buildable[],
  names: readonly string[],
  { json, config, signal }: Context,
): Promise<string[]> {
  const known = plugins.map(({ name }) => name)
  const wrong = names.find(name => !known.includes(name))
  if (wrong !== undefined) throw none(wrong, known)
  const chosen = names.length > 0 ? plugins.filter(({ name }) => names.includes(name)) : plugins
  const built = new Set<string>()
  const done = new Set<string>()
  for (const { name, folder, build } of chosen) {
    // A folder may hold a plugin of each kind, made by one command.
    const work = JSON.stringify([folder, build])
    if (build === undefined || done.has(work)) continue
    done.add(work)
    if (!json) tell(`${name}: ${build.join(' ')}`)
    await runBuild(name, folder, build, signal)
    built.add(name)
    if (!relative(installedFolder(config), folder).startsWith('..'))
      tell(`${name}: building has changed what was installed. Take that over with: voxloom plugins accept ${name}`)
  }
  for (const name of names) if (!built.has(name)) tell(`${name}: there is nothing to build.`)
  return [...built]
}

/** @throws SeamError engine, not-found, cancelled */
async function runBuild(
  name: string,
  folder: string,
  [program, ...rest]: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  // What the build says goes to the error stream: the output is for data.
  const child = spawn(program!, rest, { cwd: folder, stdio: ['ignore', process.stderr, process.stderr], signal })
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0)
      throw new SeamError('engine', `The plugin “${name}” could not be built: ${program} ended with code ${code}.`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new SeamError(
        'not-found',
        `The plugin “${name}” is built with “${program}”, which is not on this machine. Install it and try again.`,
      )
    }
    if (signal.aborted) throw new SeamError('cancelled', 'The build was stopped.')
    throw error
  }
}
