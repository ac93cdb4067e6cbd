import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { PluginPermissions } from '#protocol/plugins.ts'
import { productRoot } from '../paths.ts'
import type { Command } from '../process/child.ts'
import { openFolders, programFolders, SYSTEM } from './programs.ts'

/** A folder that may be written into. It must be there. */
export interface WritableFolder {
  /** Where it is seen. */
  readonly path: string
  /** Another one that stands in its place; the folder itself when absent. */
  readonly from?: string
}

export interface SandboxInput {
  readonly command: Command
  readonly permissions: PluginPermissions
  /** Folder of the weights. */
  readonly models: string
  /** Folders that it must see besides its own; those of the system and homes are left out. */
  readonly readable?: readonly string[] | undefined
  readonly writable?: readonly WritableFolder[] | undefined
}

/** What libraries look up: certificates, where shared libraries lie, what short names of programs stand for. */
const SETTINGS = ['/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/etc/ld.so.cache', '/etc/alternatives']
const NETWORK = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf']
const DEVICES = ['/dev/dri', '/dev/kfd', '/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia0', '/dev/nvidia1']

/**
 * Arguments of bubblewrap 0.4 or later: what is not named here is not there. The plugin's folder is read-only, /tmp is
 * its own, and there is neither a home nor, without the permission, a network. The environment is not among them,
 * because every account can read a command line: the program inherits what bubblewrap is started with.
 */
export function bubblewrapArgs(input: SandboxInput): string[] {
  const { command, permissions, models, writable = [] } = input
  const readable = [
    ...programFolders(command),
    ...openFolders(input.readable ?? []),
    // What comes with Voxloom uses more of it than its own folder.
    command.folder.startsWith(join(productRoot, 'plugins') + sep) ? productRoot : command.folder,
    ...(permissions.read.includes('models') && existsSync(models) ? [models] : []),
  ]
  return [
    ...['--unshare-all', ...(permissions.network ? ['--share-net'] : [])],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--ro-bind', '/usr', '/usr'],
    ...SYSTEM.flatMap(systemFolder),
    ...SETTINGS.flatMap(path => ['--ro-bind-try', path, path]),
    ...(permissions.network ? NETWORK.flatMap(networkFile) : []),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...(permissions.gpu ? [...DEVICES.flatMap(path => ['--dev-bind-try', path, path]), ...readOnly('/sys')] : []),
    // After /tmp, in which they may lie.
    ...readable.flatMap(readOnly),
    // After what is read, in which they may lie.
    ...writable.flatMap(({ path, from = path }) => ['--bind', from, path]),
    ...['--remount-ro', '/', '--chdir', command.folder, '--', command.program, ...command.args],
  ]
}

/** What a plugin in a sandbox sees of the environment: its home and its temporary files are its own. */
export function sandboxEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return { ...env, HOME: '/tmp', TMPDIR: '/tmp' }
}

const readOnly = (path: string) => ['--ro-bind', path, path]

function systemFolder(path: string): string[] {
  try {
    return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly(path)
  } catch {
    return []
  }
}

/** Often a link to where a service of the system keeps it. */
function networkFile(path: string): string[] {
  try {
    return ['--ro-bind', realpathSync(path), path]
  } catch {
    return []
  }
}
