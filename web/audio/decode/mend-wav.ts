/** Bytes of a chunk's name and size. */
const chunkHead = 8
/** Chunks before the samples that are looked at; a file with more is none that a recorder wrote. */
export const MAX_CHUNKS = 1000
const bytesOfSizes = 28

/**
 * A WAV file whose sizes are true. Programs that could not go back to its beginning leave 0 or the largest number
 * there, a crash leaves what was right a minute before, and files beyond 4 GiB count from 0 again: all the samples are
 * there, and readers that believe the sizes would drop them. Other files come back as they are.
 */
export async function mendWav(file: Blob): Promise<Blob> {
  const read = async (from: number, to: number) => new DataView(await file.slice(from, to).arrayBuffer())
  const start = await read(0, 12)
  if (start.byteLength < 12 || name(start, 0) !== 'RIFF' || name(start, 8) !== 'WAVE') return file
  let format: Blob | undefined
  for (let at = 12, chunks = 0; at + chunkHead <= file.size && chunks < MAX_CHUNKS; chunks++) {
    const head = await read(at, at + chunkHead)
    const size = head.getUint32(4, true)
    const body = at + chunkHead
    if (name(head, 0) === 'data') {
      const length = await trueLength(file, body, size, start.getUint32(4, true))
      return length === undefined || !format ? file : rebuilt(file, format, body, length)
    }
    if (name(head, 0) === 'fmt ') format = file.slice(at, body + size)
    at = body + size + (size & 1)
  }
  return file
}

/** @returns bytes of samples that the file holds; undefined when its sizes say so already */
async function trueLength(file: Blob, body: number, size: number, riffSize: number): Promise<number | undefined> {
  const end = body + size + (size & 1)
  // Something may stand after the samples: tags mostly. What has no name there is samples.
  const next = end < file.size ? await file.slice(end, end + 4).text() : ''
  const isTrue = size > 0 && (body + size === file.size || end === file.size || /^[\w ]{4}$/.test(next))
  if (!isTrue) return file.size - body
  // Readers look no further than the whole claims to be long.
  return riffSize + chunkHead >= body + size ? undefined : size
}

/** The same samples with their sizes in 64 bits (EBU Tech 3306), which readers believe for short files, too. */
function rebuilt(file: Blob, format: Blob, body: number, length: number): Blob {
  const sizes = new DataView(new ArrayBuffer(12 + chunkHead + bytesOfSizes))
  const write = (text: string, at: number) => [...text].forEach((c, n) => sizes.setUint8(at + n, c.charCodeAt(0)))
  write('RF64', 0)
  sizes.setUint32(4, 0xffffffff, true)
  write('WAVEds64', 8)
  sizes.setUint32(16, bytesOfSizes, true)
  const padding = format.size % 2
  const total = sizes.byteLength + format.size + padding + chunkHead + length
  sizes.setBigUint64(20, BigInt(total - chunkHead), true)
  sizes.setBigUint64(28, BigInt(length), true)
  const data = new Uint8Array([0x64, 0x61, 0x74, 0x61, 0xff, 0xff, 0xff, 0xff])
  return new Blob([sizes, format, new Uint8Array(padding), data, file.slice(body, body + length)], { type: file.type })
}

function name(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map(n => view.getUint8(at + n)))
}
