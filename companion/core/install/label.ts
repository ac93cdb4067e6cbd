import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { toSeamError } from '#protocol/errors.ts'
import type { Trust } from '#protocol/plugins.ts'
import { readLockFile, type InstalledRecord, type LockEntries } from './lock-file.ts'
import { hashTree } from './tree-hash.ts'

/** What the lock file says of a folder. */
export interface Label {
  readonly trust: Trust
  /** Absent for what the user put into the folder by hand. */
  readonly installed?: InstalledRecord
  /** Why it must not be used. */
  readonly problem?: string
}

/** Labels of the plugins in one folder of installed plugins, by its lock file as it is now. */
export class Labels {
  readonly #folder: string
  readonly #entries: LockEntries | undefined
  readonly #problem: string | undefined

  /** A damaged lock file is a problem of every plugin in the folder: none of them can be told from a changed one. */
  constructor(folder: string) {
    this.#folder = folder
    try {
      this.#entries = readLockFile(folder)
    } catch (error) {
      this.#problem = toSeamError(error).message
    }
  }

  /** @returns undefined for a folder that lies elsewhere, by whatever way it was reached */
  of(plugin: string): Label | undefined {
    const id = this.#idOf(plugin)
    if (id === undefined) return undefined
    if (this.#problem !== undefined) return { trust: 'local', problem: this.#problem }
    const entry = this.#entries?.[id]
    if (!entry?.current && !entry?.next) return { trust: 'local' }
    const hash = hashTree(join(this.#folder, id))
    const installed = [entry.current, entry.next].find(record => record?.folderHash === hash)
    if (installed) return { trust: installed.acceptedAt === undefined ? installed.trust : 'local', installed }
    // An installation that was broken off before it put anything here.
    if (!entry.current) return { trust: 'local' }
    return {
      trust: 'local',
      installed: entry.current,
      problem: `It has changed since it was installed, and is not used. Install it again, or look through the changes and take them over with: voxloom plugins accept ${id}`,
    }
  }

  #idOf(plugin: string): string | undefined {
    if (dirname(plugin) === this.#folder) return basename(plugin)
    const real = realPath(plugin)
    return dirname(real) === realPath(this.#folder) ? basename(real) : undefined
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
