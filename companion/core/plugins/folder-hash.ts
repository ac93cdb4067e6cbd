import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'

/** Folders that builds and interpreters fill by themselves. What the entrypoint itself is, counts wherever it lies. */
const GENERATED = new Set(['target', 'node_modules', '.venv', '__pycache__', '.git', '.pytest_cache'])
/** Files of a plugin's folder. */
const MAX_FILES = 10_000

/**
 * SHA-256 over names, kinds and contents of a plugin's files, so that a plugin is verified anew when any of them
 * changed. @returns lower-case hex @throws SeamError bad-input beyond 10,000 files, refused
 */
export async function hashFolder(folder: string, entrypoint: string): Promise<string> {
  const paths: string[] = []
  for await (const path of filesOf(folder, '')) {
    paths.push(path)
    if (paths.length > MAX_FILES)
      throw new SeamError('bad-input', `${folder} has more than ${MAX_FILES} files: too many for a plugin.`)
  }
  if (!paths.includes(entrypoint)) paths.push(entrypoint)
  const hash = createHash('sha256')
  for (const path of paths.sort()) {
    hash.update(`${path}\0`)
    const full = join(folder, path)
    const link = (await lstat(full).catch(() => undefined))?.isSymbolicLink() === true
    if (link) hash.update(`link ${await readlink(full)}\0`)
    // What other links lead to is not the plugin's own; what runs is.
    if (link && path !== entrypoint) continue
    const facts = await stat(full).catch(() => undefined)
    if (!facts?.isFile()) hash.update('absent\0')
    else {
      hash.update(`${facts.mode & 0o111 ? 'x' : '-'}${facts.size}\0`)
      try {
        for await (const piece of createReadStream(full)) hash.update(piece as Buffer)
      } catch (error) {
        throw fileError(error, full, 'read')
      }
    }
  }
  return hash.digest('hex')
}

async function* filesOf(root: string, inside: string): AsyncGenerator<string> {
  for (const entry of await readdir(join(root, inside), { withFileTypes: true })) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`
    if (entry.isDirectory()) {
      if (!GENERATED.has(entry.name)) yield* filesOf(root, path)
    } else if (entry.isFile() || entry.isSymbolicLink()) yield path
  }
}
