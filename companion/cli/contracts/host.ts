import type { ContractInfo } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { openContracts } from '../../core/contracts/open.ts'
import { nearest } from '../../core/nearest.ts'
import { findCompanion, openCompanion, type Companion } from '../companion.ts'
import { openContext, type Context } from '../context.ts'
import { givenFolders } from '../plugin-context.ts'

export const pluginName = {
  type: 'positional',
  required: true,
  description: 'a plugin of the list',
  valueHint: 'NAME',
} as const

/** Of commands that go to a companion where one runs. */
export const portArg = {
  port: { type: 'string', description: 'port of the companion; it is found by itself', valueHint: 'N' },
} as const

type Values = Readonly<Record<string, unknown>>

/** Work with the contract plugins, in this process: no companion is needed. What was started ends with it. */
export async function withContracts<Result>(
  args: Values,
  rawArgs: readonly string[],
  work: (host: ContractHost, context: Context) => Promise<Result>,
): Promise<Result> {
  const context = await openContext(args, { port: 'server.port' })
  const host = openContracts(context.config, givenFolders(context.config, rawArgs))
  try {
    return await work(host, context)
  } finally {
    await host.close()
  }
}

/**
 * The companion that a command goes to, where one runs. Whoever names folders means those, and not what a companion has
 * loaded. @throws SeamError bad-input (folders and a port), offline (none runs on the port that was named)
 */
export function companionFor(context: Context, { plugins, port }: Values): Promise<Companion | undefined> {
  if (port === undefined) return plugins === undefined ? findCompanion(context) : Promise.resolve(undefined)
  if (plugins === undefined) return openCompanion(context)
  throw new SeamError('bad-input', 'Give --port, for a companion that runs, or --plugins, for folders, and not both.')
}

/** Starts it, with its packages installed first where the settings allow that. @throws SeamError */
export async function started(host: ContractHost, name: string, { signal, config }: Context): Promise<ContractInfo> {
  const { need } = host.get(name)
  if (need === 'dependencies' && config.settings['plugins.auto-install-deps']) {
    for await (const _ of host.install(name, signal));
  }
  return host.load(name, signal)
}

/** One of several words. @throws SeamError not-found, with the nearest */
export function oneOf<Item>(what: string, given: string, items: ReadonlyMap<string, Item>, where: string): Item {
  const found = items.get(given)
  if (found !== undefined) return found
  const meant = nearest(given, items.keys())
  throw new SeamError('not-found', `There is no ${what} “${given}”. ${meant ? `Did you mean “${meant}”?` : where}`)
}
