import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { discoverPlugins, isUsable } from '../../plugins/discovery.ts'
import { scratch } from '../../testing/plugins.ts'
import { installPlugin, type InstallOptions, type InstallRequest } from '../install.ts'
import { TrustedKeys } from '../trusted-keys.ts'

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A folder to install plugins into, and what one does there. */
export function workshop() {
  const root = scratch()
  const folder = join(root, 'plugins')
  const keys = new TrustedKeys(join(root, 'config'))
  let count = 0
  const save = (bytes: Uint8Array) => {
    const path = join(root, `archive-${count++}`)
    writeFileSync(path, bytes)
    return path
  }
  const install = (
    bytes: Uint8Array,
    request: Partial<InstallRequest> = {},
    options: InstallOptions = {},
    hides?: (id: string) => string,
  ) =>
    installPlugin(
      { source: save(bytes), sha256: hashOf(bytes), ...request },
      { folder, keys, ...(hides && { hides }) },
      options,
    )
  const look = () => discoverPlugins([{ path: folder, trust: 'local', hasLockFile: true }])
  const row = (id = 'shout') => {
    const found = look().find(plugin => plugin.id === id)
    return (
      found && { trust: found.trust, usable: isUsable(found), version: found.manifest?.version, problem: found.problem }
    )
  }
  /** Whatever lies in the folder but plugins and the lock file. */
  const leftovers = () =>
    existsSync(folder) ? readdirSync(folder).filter(name => name.startsWith('.') || name.endsWith('.part')) : []
  return { root, folder, keys, save, install, look, row, leftovers }
}
