import { spawnSync } from 'node:child_process'
import { onPath } from '../process/on-path.ts'
import { bubblewrapArgs } from './bubblewrap.ts'

/** Milliseconds for a run that does nothing. */
const PATIENCE = 5000

let found: { readonly path: string | undefined } | undefined

/**
 * The path of a bubblewrap that works here, tried once with a program that does nothing: it may be there and yet be
 * refused, where the system or a container forbids user namespaces. Undefined elsewhere than on Linux.
 */
export function workingBubblewrap(): string | undefined {
  found ??= { path: probe() }
  return found.path
}

function probe(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const bwrap = onPath('bwrap')
  if (bwrap === undefined) return undefined
  const command = { program: '/usr/bin/true', args: [], folder: '/usr', env: {} }
  const args = bubblewrapArgs({ command, permissions: { network: false, gpu: false, read: [] }, models: '' })
  const { status } = spawnSync(bwrap, args, { env: {}, stdio: 'ignore', timeout: PATIENCE })
  return status === 0 ? bwrap : undefined
}

const limiters = new Map<string, string | undefined>()

/** The path of `prlimit` (util-linux), where there is one. */
export function workingPrlimit(): string | undefined {
  if (process.platform !== 'linux') return undefined
  if (!limiters.has('prlimit')) limiters.set('prlimit', onPath('prlimit'))
  return limiters.get('prlimit')
}
