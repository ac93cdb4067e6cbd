import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { testPlugins, USUAL_JOBS } from '../core/conformance/kit.ts'
import { readContract, type FoundContract } from '../core/contracts/discovery.ts'
import { CONTRACT_MANIFEST } from '../core/contracts/manifest.ts'
import { nearest } from '../core/nearest.ts'
import { readPlugin, type FoundPlugin } from '../core/plugins/discovery.ts'
import { MANIFEST } from '../core/plugins/manifest.ts'
import { globalArgs, openContext } from './context.ts'
import { contractsOf, tryContracts } from './contracts/trying.ts'
import { tell } from './output.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'
import { reportArgs, TestReport } from './test-report.ts'

/** Plugins tried at a time. */
const MAX_JOBS = 64

export const test = defineCommand({
  meta: { name: 'test', description: 'run every rule of the protocol against plugins, over real pipes' },
  args: {
    plugin: {
      type: 'positional',
      required: false,
      description: 'folders with a plugin of either kind, or names of the list; all of the list when absent',
      valueHint: 'DIR…',
    },
    ...reportArgs,
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
    const { frames, contracts } =
      args._.length > 0 ? chosen(args._, plugins, contractsOf(context, rawArgs)) : { frames: plugins, contracts: [] }
    const jobs = jobsOf(args.jobs)
    if (frames.length > 1 && jobs > 1 && !context.json)
      tell(`Trying ${frames.length} plugins, ${jobs} at a time. What a clock decides comes at the end, alone.`)
    const report = new TestReport(context.json)
    const { signal, config } = context
    await testPlugins(frames, {
      models: config.models,
      jobs,
      signal,
      onResult: ({ id }, result) => report.add(id, result),
    })
    await tryContracts(contracts, context, report)
    return report.end(args.junit)
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

interface Chosen {
  readonly frames: readonly FoundPlugin[]
  readonly contracts: readonly FoundContract[]
}

/** A folder may hold a plugin of each kind, and so may a name. @throws SeamError not-found */
function chosen(
  given: readonly string[],
  plugins: readonly FoundPlugin[],
  contracts: readonly FoundContract[],
): Chosen {
  const found = given.map(each => {
    const frame = byFolderOrName(plugins, each, MANIFEST, ({ id }) => id, readPlugin)
    const contract = byFolderOrName(contracts, each, CONTRACT_MANIFEST, ({ name }) => name, readContract)
    if (!frame && !contract) throw none(each, [...plugins.map(({ id }) => id), ...contracts.map(({ name }) => name)])
    return { frame, contract }
  })
  return {
    frames: found.flatMap(({ frame }) => frame ?? []),
    contracts: found.flatMap(({ contract }) => contract ?? []),
  }
}

/** A folder wins: whoever writes a plugin points at it. One that is listed stays confined as it is there. */
export function byFolderOrName<Found extends { readonly folder: string }>(
  listed: readonly Found[],
  given: string,
  manifest: string,
  nameOf: (found: Found) => string,
  read: (folder: string) => Found,
): Found | undefined {
  const folder = resolve(given)
  if (existsSync(join(folder, manifest))) {
    const real = realpathSync(folder)
    return listed.find(each => realpathSync(each.folder) === real) ?? read(folder)
  }
  // A folder with a plugin of the other kind is meant as a folder.
  return existsSync(folder) ? undefined : listed.find(each => nameOf(each) === given)
}

/** @param names of the list */
export function none(given: string, names: readonly string[]): SeamError {
  const meant = nearest(given, names)
  const hint = meant ? `Did you mean “${meant}”?` : 'See voxloom plugins list and voxloom contracts list.'
  return new SeamError('not-found', `There is no plugin “${given}”. ${hint}`)
}
