import { chmodSync, statSync } from 'node:fs'
import { providerBody, providerParams } from '#protocol/language-api.ts'
import type { LanguageProvider } from '#protocol/language.ts'
import { SeamError } from '#protocol/errors.ts'
import { readJsonFile, writeJsonFile } from '../install/json-file.ts'
import { fileError, isMissing } from '../models/files.ts'

/** A provider as it is kept. */
export interface KeptProvider extends Omit<LanguageProvider, 'hasKey'> {
  /** Nobody is ever told; it goes to `base` alone. */
  readonly key?: string
}

/** What the file holds; one that others could read is locked up again. @throws SeamError integrity, refused */
export function readProviders(path: string): readonly KeptProvider[] {
  lockUp(path)
  const data = readJsonFile(path)
  if (data === undefined) return []
  const list = data !== null && typeof data === 'object' && 'providers' in data ? data.providers : undefined
  if (!Array.isArray(list)) throw damaged(path)
  return list.map(each => readProvider(each, path))
}

/** @throws SeamError quota, refused; then the file is as it was */
export function writeProviders(path: string, providers: readonly KeptProvider[]): void {
  writeJsonFile(path, { providers })
}

function readProvider(data: unknown, path: string): KeptProvider {
  const { id, ...rest } = (data ?? {}) as Record<string, unknown>
  const body = providerBody.safeParse(rest)
  if (!body.success || !providerParams.safeParse({ id }).success) throw damaged(path)
  const { key, ...provider } = body.data
  return { ...provider, id: id as string, ...(key ? { key } : {}) }
}

function lockUp(path: string): void {
  if (process.platform === 'win32') return
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, path, 'lock up')
  }
}

const damaged = (path: string) => new SeamError('integrity', `${path} is damaged.`, { retryable: false })
