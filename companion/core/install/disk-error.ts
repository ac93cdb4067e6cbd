import { SeamError } from '#protocol/errors.ts'
import { errorCode, fileError } from '../models/files.ts'

/** A file system's error as a sentence, where plugins are put: nothing of a failed installation is kept. */
export function diskError(error: unknown, path: string, doing: 'read' | 'write'): SeamError {
  if (error instanceof SeamError) return error
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
  }
  return fileError(error, path, doing)
}
