import { SeamError, toSeamError } from '#protocol/errors.ts'
import { memoryFile } from './memory.ts'

/** Where an export writes: bytes at places. Closing it saves the file, aborting it leaves nothing behind. */
export type ExportTarget = WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>

interface PickerWindow {
  showSaveFilePicker?(options: {
    suggestedName: string
    types: readonly { description: string; accept: Record<string, readonly string[]> }[]
  }): Promise<FileSystemFileHandle>
}

/** Where files wait for their download, in the browser's private file system. */
const FOLDER = 'exports'
/** A waiting file older than this, milliseconds, was downloaded or forgotten. */
const STALE = 60 * 60 * 1000

/**
 * Opens a file to export into. Where the browser can, the user chooses where it goes (call this from a click) and it is
 * written there as it is made; elsewhere it is written to the browser's private file system, and to memory where there
 * is none, and offered as a download when it is closed.
 * @throws SeamError cancelled when the user closes the picker, quota, refused
 */
export async function openTarget(name: string, mime: string): Promise<ExportTarget> {
  const { showSaveFilePicker } = window as PickerWindow
  if (showSaveFilePicker) return pickedFile(showSaveFilePicker.bind(window), name, mime)
  return downloadTarget(name, mime)
}

async function pickedFile(
  pick: NonNullable<PickerWindow['showSaveFilePicker']>,
  name: string,
  mime: string,
): Promise<ExportTarget> {
  const ending = /\.\w+$/.exec(name)?.[0] ?? '.bin'
  let handle: FileSystemFileHandle
  try {
    handle = await pick({ suggestedName: name, types: [{ description: name, accept: { [mime]: [ending] } }] })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw new SeamError('cancelled', 'No file was chosen, so nothing was exported.')
    }
    // No gesture, a frame, a policy: a download still works.
    return downloadTarget(name, mime)
  }
  try {
    return await handle.createWritable()
  } catch (cause) {
    throw new SeamError('refused', `“${handle.name}” can't be written. Nothing was exported; choose another place.`, {
      cause,
    })
  }
}

/** A file that is downloaded when it is closed. */
export async function downloadTarget(name: string, mime: string): Promise<ExportTarget> {
  const file = (await privateFile()) ?? memoryFile()
  return new WritableStream({
    write: ({ data, position }) => file.write(data, position),
    async close() {
      offer(await file.close(), name, mime)
    },
    abort: () => file.discard(),
  })
}

/** A file under way, wherever it lies. */
export interface WaitingFile {
  write(data: Uint8Array<ArrayBuffer>, position: number): Promise<void>
  close(): Promise<Blob>
  discard(): Promise<void>
}

async function privateFile(): Promise<WaitingFile | undefined> {
  try {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(FOLDER, { create: true })
    await sweep(folder)
    const id = crypto.randomUUID()
    const handle = await folder.getFileHandle(id, { create: true })
    const stream = await handle.createWritable()
    return {
      write: (data, position) => stream.write({ type: 'write', data, position }),
      async close() {
        await stream.close()
        return handle.getFile()
      },
      async discard() {
        await stream.abort().catch(() => {})
        await folder.removeEntry(id).catch(() => {})
      },
    }
  } catch (error) {
    const seam = toSeamError(error)
    if (seam.code === 'quota') throw seam
    return undefined
  }
}

/** Removes what earlier downloads left: a download reads the file after we are done, so it can't go at once. */
async function sweep(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind !== 'file') continue
    const file = await handle.getFile().catch(() => undefined)
    if (!file || Date.now() - file.lastModified > STALE) await folder.removeEntry(name).catch(() => {})
  }
}

function offer(blob: Blob, name: string, mime: string): void {
  const url = URL.createObjectURL(blob.slice(0, blob.size, mime))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
