import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'

/** Folders that builds and interpreters fill by themselves. What is run counts wherever it lies. */
const GENERATED = new Set(['target', 'node_modules', '.venv', '__pycache__', '.git', '.pytest_cache'])
/** Files of a plugin's folder. */
export const MAX_PLUGIN_FILES = 10_000

/**
 * A hash over the names, sizes and times of a plugin's files: it is asked for every few seconds, so that nothing is
 * read.
 * @param followed paths in the folder that count wherever they lie, and as what they lead to where they are links
 * @returns lower-case hex @throws SeamError bad-input beyond 10,000 files
 */
export function folderStamp(folder: string, followed: readonly string[] = []): string {
  const hash = createHash('sha256')
  const waiting = ['']
  let count = 0
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    for (const item of list(join(folder, inside))) {
      const path = inside === '' ? item.name : `${inside}/${item.name}`
      if (item.isDirectory()) {
        if (!GENERATED.has(item.name)) waiting.push(path)
      } else {
        count += 1
        if (count > MAX_PLUGIN_FILES)
          throw new SeamError(
            'bad-input',
            `${folder} has more than ${MAX_PLUGIN_FILES} files: too many for a plugin. Keep weights and data elsewhere.`,
          )
        hash.update(`${path}\0${stampOf(lstatSync, join(folder, path))}\0`)
      }
    }
  }
  for (const path of followed) hash.update(`${path}\0${stampOf(statSync, join(folder, path))}\0`)
  return hash.digest('hex')
}

const list = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    // Gone meanwhile, or not ours to read: what needs it tells.
    return []
  }
}

function stampOf(look: typeof lstatSync, path: string): string {
  const facts = look(path, { bigint: true, throwIfNoEntry: false })
  return facts ? [facts.size, facts.mtimeNs, facts.mode].join(' ') : 'absent'
}
