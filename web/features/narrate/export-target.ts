import { download } from '../../ui/save-file.ts'

export type Piece = { type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }

/** Where an export goes while it is made. */
export interface ExportTarget {
  readonly stream: WritableStream<Piece>
  /** Hands the finished file over; call once the stream is closed. */
  finish(): Promise<void>
  /** Drops what was written. */
  discard(): Promise<void>
}

/** Straight into the file that the user chose. */
export async function fileTarget(handle: FileSystemFileHandle): Promise<ExportTarget> {
  return {
    stream: await handle.createWritable(),
    finish: async () => undefined,
    // An aborted stream leaves the file as it was before.
    discard: async () => undefined,
  }
}

const FOLDER = 'exports'

/**
 * A temporary file in the browser's own storage, offered as a download when it is whole. Where there is no such storage
 * (a private window) the file is gathered in memory.
 */
export async function downloadTarget(name: string, mime: string): Promise<ExportTarget> {
  const folder = await openFolder()
  if (!folder) return memoryTarget(name, mime)
  const part = `${crypto.randomUUID()}.part`
  const handle = await folder.getFileHandle(part, { create: true })
  const remove = () => folder.removeEntry(part).catch(() => undefined)
  return {
    stream: await handle.createWritable(),
    async finish() {
      // The file must outlive the download; it goes with the next sweep.
      download(new File([await handle.getFile()], name, { type: mime }), name)
    },
    discard: remove,
  }
}

async function openFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage.getDirectory()
    return await root.getDirectoryHandle(FOLDER, { create: true })
  } catch {
    return undefined
  }
}

/** Hours after which a finished export is certainly downloaded. */
const KEEP_HOURS = 24

/** Removes what earlier exports left behind. */
export async function sweepExports(now = Date.now()): Promise<void> {
  const folder = await openFolder()
  if (!folder) return
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind !== 'file') continue
    const { lastModified } = await (handle as FileSystemFileHandle).getFile()
    if (now - lastModified > KEEP_HOURS * 3_600_000) await folder.removeEntry(name).catch(() => undefined)
  }
}

export function memoryTarget(name: string, mime: string): ExportTarget {
  let bytes = new Uint8Array(1 << 20)
  let size = 0
  return {
    stream: new WritableStream<Piece>({
      write({ data, position }) {
        const end = position + data.length
        if (end > bytes.length) {
          const larger = new Uint8Array(Math.max(end, bytes.length * 2))
          larger.set(bytes)
          bytes = larger
        }
        bytes.set(data, position)
        size = Math.max(size, end)
      },
    }),
    async finish() {
      download(new Blob([bytes.subarray(0, size)], { type: mime }), name)
    },
    async discard() {
      bytes = new Uint8Array(0)
      size = 0
    },
  }
}

/** A stream of bytes that follow one another, into a target. */
export function bytesInto({ stream }: ExportTarget): WritableStream<Uint8Array<ArrayBuffer>> {
  const writer = stream.getWriter()
  let position = 0
  return new WritableStream({
    async write(data) {
      await writer.write({ type: 'write', data, position })
      position += data.length
    },
    close: () => writer.close(),
    abort: reason => writer.abort(reason),
  })
}
