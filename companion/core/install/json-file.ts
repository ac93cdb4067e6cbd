import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../models/files.ts'
import { syncFolder } from './sync-folder.ts'

/** Bytes that such a file may have. */
const MAX_BYTES = 4 << 20

/** What a file of JSON holds; undefined when there is none. @throws SeamError integrity, refused */
export function readJsonFile(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, path, 'read')
  }
  try {
    if (text.length <= MAX_BYTES) return JSON.parse(text) as unknown
  } catch {
    // Told below.
  }
  throw new SeamError('integrity', `${path} is damaged.`, { retryable: false })
}

/** The old content or the new one is there at any moment, also after a loss of power. Only this account reads it. */
export function writeJsonFile(path: string, data: unknown): void {
  const draft = `${path}.${randomUUID()}.part`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeFileSync(file, `${JSON.stringify(data, undefined, 2)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(draft, { force: true })
    throw fileError(error, path, 'write')
  }
}
