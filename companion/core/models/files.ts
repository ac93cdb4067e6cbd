import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { ModelFile } from '#protocol/models.ts'
import { SeamError } from '#protocol/errors.ts'

/** What is known of one file on disk. `unread` says why it could not be looked at. */
export type FileState = 'complete' | 'missing' | 'damaged' | 'unchecked'

/** `<folder>/<model>/<path>`. @throws SeamError bad-input when the path would leave the model's folder. */
export function filePath(folder: string, model: string, path: string): string {
  const root = join(folder, model)
  const full = join(root, path)
  if (/\0|\\/.test(path) || /[\\/]|^\.+$/.test(model) || !full.startsWith(root + sep)) {
    throw new SeamError('bad-input', `“${path}” is not a path inside the model “${model}”.`)
  }
  return full
}

/** Lower-case hex SHA-256 of the file's first `end` bytes, or of all. Read in pieces: weights are large. */
async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(piece as Buffer)
  }
  return hash.digest('hex')
}

/** Size and time of last change, or undefined when there is no such file. */
export async function fileStamp(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, mtimeMs }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw weightError(error, path)
  }
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A file system's error as a sentence. */
export function fileError(error: unknown, path: string, doing = 'use'): SeamError {
  if (error instanceof SeamError) return error
  if (error instanceof Error && error.name === 'AbortError') {
    return new SeamError('cancelled', 'Cancelled.')
  }
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SeamError('quota', `There is no room left to write ${path}. Free some space and try again.`, {
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SeamError('refused', `This account may not ${doing} ${path}. Change its permissions and try again.`, {
        cause: error,
      })
    case 'ENOENT':
      return new SeamError('not-found', `There is no ${path}.`, { cause: error })
    case 'EISDIR':
    case 'ENOTDIR':
      return new SeamError(
        'bad-input',
        `${path} is not what it should be: a folder stands where a file belongs, or the reverse.`,
        {
          cause: error,
        },
      )
  }
  return new SeamError('internal', `Could not ${doing} ${path}: ${error instanceof Error ? error.message : error}`, {
    cause: error,
  })
}

/** The same where weights are kept: with what was kept, and where else they could be. */
export function weightError(error: unknown, path: string, doing = 'use'): SeamError {
  const failure = fileError(error, path, doing)
  if (failure === error) return failure
  const more: Partial<Record<string, string>> = {
    cancelled: 'What was fetched so far is kept.',
    quota: 'What was fetched so far is kept.',
    refused: 'Or choose another folder with VOXLOOM_MODELS.',
  }
  const rest = more[failure.code]
  return rest === undefined ? failure : new SeamError(failure.code, `${failure.message} ${rest}`, { cause: error })
}

/** Whether the bytes on disk are `file`'s, by reading all of them. */
export async function checkFile(path: string, file: ModelFile, signal?: AbortSignal): Promise<FileState> {
  const stamp = await fileStamp(path)
  if (!stamp) return 'missing'
  if (stamp.size !== file.bytes) return 'damaged'
  try {
    return (await hashFile(path, signal)) === file.sha256 ? 'complete' : 'damaged'
  } catch (error) {
    throw weightError(error, path, 'read')
  }
}
