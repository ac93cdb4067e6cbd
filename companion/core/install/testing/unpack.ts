import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { scratch } from '../../testing/plugins.ts'
import { unpackArchive } from '../archive.ts'
import type { TarPart, ZipPart } from './archives.ts'

/** An archive, and a folder to unpack it into that has another around it. */
export function place() {
  const root = scratch()
  const target = join(root, 'inner', 'target')
  mkdirSync(target, { recursive: true })
  return { root, target, archive: join(root, 'archive') }
}

/** Unpacks, and gives what is there then: path → rights and content, `/` for a folder. */
export async function unpack(bytes: Uint8Array): Promise<Record<string, string>> {
  const { root, target, archive } = place()
  writeFileSync(archive, bytes)
  await unpackArchive(archive, target)
  expect(readdirSync(root).sort()).toEqual(['archive', 'inner'])
  const found: Record<string, string> = {}
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name)
    const mode = (lstatSync(full).mode & 0o7777).toString(8)
    found[full.slice(target.length + 1)] = entry.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(full, 'utf8')}`
  }
  return found
}

/** Why an archive is not unpacked, as code and sentence. */
export const refused = (bytes: Uint8Array): Promise<string> =>
  unpack(bytes).then(
    () => 'was unpacked',
    (error: unknown) => (error instanceof SeamError ? `${error.code}: ${error.message}` : String(error)),
  )

export const file: ZipPart & TarPart = { name: 'a.txt', content: 'hello' }
