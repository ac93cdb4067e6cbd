import { SeamError } from '#protocol/errors.ts'
import type { WaitingFile } from './target.ts'

/** The largest file that is held in memory where the browser has nowhere else, bytes. */
export const MAX_MEMORY_FILE = 512 * 1024 * 1024

/** A file in memory. Later writes may overwrite earlier ones. */
export function memoryFile(limit = MAX_MEMORY_FILE): WaitingFile {
  let parts: { data: Uint8Array<ArrayBuffer>; position: number }[] = []
  let length = 0
  return {
    write(data, position) {
      if (position + data.length > limit) {
        parts = []
        throw new SeamError(
          'quota',
          `The export is larger than ${Math.floor(limit / 1048576)} MB, and this browser gives no place but memory for it. Nothing was saved; use a smaller format, export by chapters, or leave private browsing.`,
          { details: { limit } },
        )
      }
      // Copied: a small view may hold a large buffer.
      parts.push({ data: data.slice(), position })
      length = Math.max(length, position + data.length)
      return Promise.resolve()
    },
    close() {
      const whole = new Uint8Array(length)
      for (const { data, position } of parts) whole.set(data, position)
      parts = []
      return Promise.resolve(new Blob([whole]))
    },
    discard() {
      parts = []
      return Promise.resolve()
    },
  }
}
