import { open, mkdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'
import { printable, type CheckedPath, type EntryKind } from './names.ts'
import { refusal } from './refusal.ts'
import { syncFolder } from './sync-folder.ts'
import { readTarGz } from './tar.ts'
import { readZip } from './zip.ts'

/** A file or folder of an archive. Its path and kind were checked; its content is read once, before the next entry. */
export interface ArchiveEntry extends CheckedPath {
  readonly kind: EntryKind
  readonly executable: boolean
  /** @throws SeamError bad-input, integrity */
  content(): AsyncIterable<Uint8Array>
}

/**
 * Unpacks a .zip or .tar.gz into `target`, a folder that is new, empty, and this account's alone. Every file is made
 * by its own checked path and must not be there yet, so that nothing is ever written through a link. All of it is on
 * the disk when this returns; when it throws, what is in `target` means nothing.
 * @throws SeamError bad-input, integrity, quota, refused, cancelled
 */
export async function unpackArchive(path: string, target: string, signal?: AbortSignal): Promise<void> {
  const file = await open(path, 'r').catch(error => Promise.reject(fileError(error, path, 'read')))
  try {
    const folders = [target]
    for await (const entry of await entriesOf(file)) {
      if (signal?.aborted) throw new SeamError('cancelled', 'Cancelled. Nothing was installed.')
      for (const folder of entry.newFolders) {
        await mkdir(join(target, folder), { mode: 0o700 }).catch(error => Promise.reject(writeError(error, folder)))
        folders.push(join(target, folder))
      }
      if (entry.kind === 'file') await writeFile(join(target, entry.path), entry)
    }
    for (const folder of folders.reverse()) syncFolder(folder)
  } finally {
    await file.close()
  }
}

async function entriesOf(file: FileHandle): Promise<AsyncIterable<ArchiveEntry>> {
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  if (bytesRead === 4 && /^PK(\x03\x04|\x05\x06)$/.test(buffer.toString('latin1'))) return readZip(file, size)
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) return readTarGz(file)
  throw refusal('it is neither a .zip nor a .tar.gz')
}

async function writeFile(path: string, entry: ArchiveEntry): Promise<void> {
  const file = await open(path, 'wx', entry.executable ? 0o700 : 0o600).catch(error =>
    Promise.reject(writeError(error, entry.path)),
  )
  try {
    for await (const piece of entry.content()) {
      for (let at = 0; at < piece.length;) {
        const { bytesWritten } = await file
          .write(piece, at)
          .catch(error => Promise.reject(writeError(error, entry.path)))
        at += bytesWritten
      }
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

function writeError(error: unknown, path: string): SeamError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return refusal(`it holds “${printable(path)}” twice, as this disk sees it`)
  if (code === 'ENAMETOOLONG' || code === 'EILSEQ' || code === 'EINVAL')
    return refusal(`this disk can hold no file “${printable(path)}”`)
  return fileError(error, path, 'write')
}
