import { IMPORT_EXTENSIONS, MAX_IMPORT_BYTES } from '#text/import/import.ts'
import { SeamError } from '#protocol/errors.ts'
import { connectWorker } from '../../rpc/peer.ts'
import type { ImportCalls, ImportedText } from '#text/import/types.ts'

/** How our own archives end. */
export const ARCHIVE_EXTENSION = 'voxloom'

/** For a file input's `accept`. */
export const ACCEPTED = [...IMPORT_EXTENSIONS, ARCHIVE_EXTENSION].map(ending => `.${ending}`).join(',')

export const isArchive = (name: string): boolean => name.toLowerCase().endsWith(`.${ARCHIVE_EXTENSION}`)

/** Megabytes, for the sentence that names the limit. */
export const MAX_TEXT_MEGABYTES = MAX_IMPORT_BYTES / 1048576

export const isTooLarge = (file: File): boolean => !isArchive(file.name) && file.size > MAX_IMPORT_BYTES

/**
 * Reads a text file beside the page's thread: twenty megabytes take seconds.
 * @throws SeamError bad-input, unsupported
 */
export async function readTextFile(file: File): Promise<ImportedText> {
  if (isTooLarge(file)) {
    throw new SeamError(
      'bad-input',
      `“${file.name}” is larger than ${MAX_TEXT_MEGABYTES} MB. Nothing was imported; split the file into parts.`,
    )
  }
  const worker = connectWorker<ImportCalls>(
    new Worker(new URL('./import.worker.ts', import.meta.url), { type: 'module', name: 'import' }),
  )
  try {
    return await worker.call('read', { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
  } finally {
    worker.terminate()
  }
}
