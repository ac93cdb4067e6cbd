import { SeamError } from '#protocol/errors.ts'
import { crc32 } from './hash.ts'
import {
  centralHeader,
  endRecord,
  END_BYTES,
  localHeader,
  MAX_ZIP_BYTES,
  MAX_ZIP_ENTRIES,
  type WrittenEntry,
} from './zip.ts'

export interface ZipWriter {
  /** Entries are stored, not compressed: the same bytes whichever compressor a later version uses. */
  add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Writes the directory. @returns bytes of the whole archive */
  finish(): Promise<number>
}

/**
 * Writes a zip as it is made, one entry in memory at a time.
 * @throws SeamError bad-input when it would outgrow MAX_ZIP_BYTES or MAX_ZIP_ENTRIES
 */
export function zipWriter(
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  { maxBytes = MAX_ZIP_BYTES } = {},
): ZipWriter {
  const entries: WrittenEntry[] = []
  let offset = 0
  let directoryBytes = 0
  const put = async (bytes: Uint8Array<ArrayBuffer>) => {
    await write(bytes)
    offset += bytes.length
  }
  return {
    async add(name, bytes) {
      const entry: WrittenEntry = { name, crc: crc32(bytes), bytes: bytes.length, offset }
      const header = localHeader(entry)
      directoryBytes += centralHeader(entry).length
      if (
        entries.length >= MAX_ZIP_ENTRIES ||
        offset + header.length + bytes.length + directoryBytes + END_BYTES > maxBytes
      ) {
        throw new SeamError(
          'bad-input',
          'The project with its sound is too large for one archive (4 GB, 65,534 sentences). Export it without sound.',
        )
      }
      entries.push(entry)
      await put(header)
      await put(bytes)
    },
    async finish() {
      const start = offset
      for (const entry of entries) await put(centralHeader(entry))
      await put(endRecord(entries.length, offset - start, start))
      return offset
    },
  }
}
