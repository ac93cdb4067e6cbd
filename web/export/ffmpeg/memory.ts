import { SeamError } from '#protocol/errors.ts'

export interface MemoryFile {
  write(data: Uint8Array<ArrayBuffer>, position: number): void
  /** Gives the bytes out and forgets them. */
  take(): Uint8Array<ArrayBuffer>
}

/** A file in memory. Later writes may overwrite earlier ones. @param limit bytes; a write past it throws `quota` */
export function memoryFile(limit: number): MemoryFile {
  let parts: { data: Uint8Array<ArrayBuffer>; position: number }[] = []
  let length = 0
  const take = () => {
    const whole = new Uint8Array(length)
    for (const { data, position } of parts) whole.set(data, position)
    parts = []
    length = 0
    return whole
  }
  return {
    take,
    write(data, position) {
      if (position + data.length > limit) {
        take()
        throw new SeamError(
          'quota',
          `The book is larger than ${Math.floor(limit / 1048576)} MB, which is more than FFmpeg can take here. Nothing was saved; export it without FFmpeg.`,
          { details: { limit } },
        )
      }
      // Copied: a small view may hold a large buffer.
      parts.push({ data: data.slice(), position })
      length = Math.max(length, position + data.length)
    },
  }
}
