import { join } from 'node:path'
import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const recordSchema = z.strictObject({
  version: z.string(),
  /** Address without query, or path. */
  source: z.string(),
  /** Of the archive. */
  sha256,
  trust: z.enum(['pinned', 'signed']),
  /** Name of the key. */
  key: z.string().optional(),
  installedAt: z.string(),
  /** Of the folder, as `hashTree` makes it. */
  folderHash: sha256,
  /** When the user took over changes; the archive's hash says nothing of the folder since. */
  acceptedAt: z.string().optional(),
})

const fileSchema = z.strictObject({
  format: z.literal(1),
  plugins: z.record(
    z.string(),
    // Both while one takes the other's place: the folder is whichever of them its hash says.
    z.strictObject({ current: recordSchema.optional(), next: recordSchema.optional() }),
  ),
})

/** What is known of one installed version. */
export type InstalledRecord = Readonly<z.infer<typeof recordSchema>>

export interface LockEntry {
  readonly current?: InstalledRecord | undefined
  readonly next?: InstalledRecord | undefined
}

export type LockEntries = Readonly<Record<string, LockEntry>>

/** @param folder of installed plugins */
export const lockFilePath = (folder: string): string => join(folder, 'plugins.lock.json')

/** @throws SeamError integrity, when the file is there and can't be understood; refused */
export function readLockFile(folder: string): LockEntries {
  const path = lockFilePath(folder)
  let data: unknown
  try {
    data = readJsonFile(path)
  } catch (error) {
    throw error instanceof SeamError && error.code === 'integrity' ? damagedLock(path) : error
  }
  if (data === undefined) return {}
  const read = fileSchema.safeParse(data)
  if (!read.success) throw damagedLock(path)
  // Without a prototype: a plugin may be called “constructor”.
  return Object.assign(Object.create(null) as Record<string, LockEntry>, read.data.plugins)
}

export function writeLockFile(folder: string, plugins: LockEntries): void {
  writeJsonFile(lockFilePath(folder), { format: 1, plugins })
}

function damagedLock(path: string): SeamError {
  return new SeamError(
    'integrity',
    `${path} is damaged, so nobody can say what was installed. Put back a copy of it; or remove it, and install the plugins in its folder again with --force.`,
    { retryable: false },
  )
}
