import { createHash } from 'node:crypto'
import { lstatSync, opendirSync, statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { errorCode } from '../models/files.ts'

/** Folders that builds and interpreters fill by themselves. What is run counts wherever it lies. */
const GENERATED = new Set(['target', 'node_modules', '.venv', '__pycache__', '.git', '.pytest_cache'])
/** Beside one of these, `build` is what pip left when it installed the folder. Elsewhere it may be what is run. */
const PACKAGE_FILES = new Set(['pyproject.toml', 'setup.py'])
/** Files and folders in a plugin's folder. */
export const MAX_PLUGIN_FILES = 10_000
/** Readings of a folder that changes while it is read. */
const MAX_READINGS = 3

/**
 * A hash over the names, sizes and times of a plugin's files: it is asked for every few seconds, so that nothing is
 * read.
 * @param followed paths in the folder that count wherever they lie, and as what they lead to where they are links
 * @param most files and folders that it may have
 * @returns lower-case hex @throws SeamError bad-input beyond that
 */
export function folderStamp(folder: string, followed: readonly string[] = [], most = MAX_PLUGIN_FILES): string {
  const hash = createHash('sha256')
  const waiting = ['']
  let count = 0
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    const items = list(join(folder, inside), most - count)
    count += items.length
    if (count > most) {
      throw new SeamError(
        'bad-input',
        `${folder} has more than ${most} files and folders: too many for a plugin. Keep weights and data elsewhere.`,
      )
    }
    const isPackage = items.some(({ name }) => PACKAGE_FILES.has(name))
    for (const item of items) {
      if (isPackage && item.isDirectory() && item.name === 'build') continue
      const path = inside === '' ? item.name : `${inside}/${item.name}`
      if (item.isDirectory()) waiting.push(path)
      else hash.update(`${path}\0${stampOf(lstatSync, join(folder, path))}\0`)
    }
  }
  for (const path of followed) hash.update(`${path}\0${stampOf(statSync, join(folder, path))}\0`)
  return hash.digest('hex')
}

/**
 * What `read` says of a folder, with the stamp that the folder had when it was read: one that is still being copied is
 * read anew.
 */
export function stamped<T extends { readonly links: readonly string[] }>(
  folder: string,
  read: (folder: string) => T,
): T & { readonly hash: string } {
  let before = folderStamp(folder)
  for (let readings = 1; ; readings++) {
    const found = read(folder)
    const hash = folderStamp(folder, found.links)
    const after = folderStamp(folder)
    if (after === before) return { ...found, hash }
    // Of a time before the reading: whatever comes next has another one.
    if (readings === MAX_READINGS) return { ...found, hash: before }
    before = after
  }
}

/** What pip knows of a package that it installed from its folder lies in `*.egg-info`. */
const isGenerated = (name: string) => GENERATED.has(name) || name.endsWith('.egg-info')

/** By name; of more than `most` one more, whatever it is. */
function list(folder: string, most: number): Dirent[] {
  const found: Dirent[] = []
  try {
    const open = opendirSync(folder)
    try {
      for (let item = open.readSync(); item && found.length <= most; item = open.readSync()) {
        if (!(item.isDirectory() && isGenerated(item.name))) found.push(item)
      }
    } finally {
      open.closeSync()
    }
  } catch {
    // Gone meanwhile, or not ours to read: what needs it tells.
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function stampOf(look: typeof lstatSync, path: string): string {
  try {
    const facts = look(path, { bigint: true, throwIfNoEntry: false })
    return facts ? [facts.size, facts.mtimeNs, facts.mode].join(' ') : 'absent'
  } catch (error) {
    // Links in a circle, a name that is too long, a folder of somebody else: whoever reads it says so in words.
    return errorCode(error) ?? 'absent'
  }
}
