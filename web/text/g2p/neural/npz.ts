import { unzipSync } from 'fflate'
import { SeamError } from '#protocol/errors.ts'

/** One array of an `.npz` file. */
export interface NpyArray {
  readonly shape: readonly number[]
  /** Row-major. Only float32 arrays have numbers; the rest have `text`. */
  readonly values: Float32Array
  readonly text?: string
}

/**
 * Reads a NumPy `.npz` archive: a zip of `.npy` arrays (format 1.0 to 3.0), little-endian float32 or one UCS-4 string.
 * @throws SeamError integrity when it is not such an archive
 */
export function readNpz(bytes: Uint8Array): Map<string, NpyArray> {
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(bytes)
  } catch (cause) {
    throw damaged('it is not a zip archive', cause)
  }
  const arrays = new Map<string, NpyArray>()
  for (const [name, file] of Object.entries(files)) {
    if (name.endsWith('.npy')) arrays.set(name.slice(0, -4), readNpy(name, file))
  }
  return arrays
}

function readNpy(name: string, file: Uint8Array): NpyArray {
  if (file.length < 12 || file[0] !== 0x93 || file[1] !== 0x4e) throw damaged(`“${name}” is not an array`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const major = file[6] ?? 1
  const headerAt = major === 1 ? 10 : 12
  const bodyAt = headerAt + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  const header = new TextDecoder().decode(file.subarray(headerAt, bodyAt))
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1]
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(Number)
  if (/'fortran_order':\s*True/.test(header)) throw damaged(`“${name}” is stored column by column`)
  const count = shape.reduce((product, size) => product * size, 1)
  if (type === '<f4') {
    if (bodyAt + count * 4 > file.length) throw damaged(`“${name}” is cut short`)
    // A copy, so that the floats are aligned whatever the header's length was.
    return { shape, values: new Float32Array(file.slice(bodyAt, bodyAt + count * 4).buffer) }
  }
  if (type?.startsWith('<U')) {
    let text = ''
    for (let at = bodyAt; at + 4 <= file.length; at += 4) {
      const code = view.getUint32(at, true)
      if (code === 0) break
      text += String.fromCodePoint(code)
    }
    return { shape, values: new Float32Array(0), text }
  }
  throw damaged(`“${name}” holds ${type ?? 'an unknown type'}, not float32`)
}

function damaged(why: string, cause?: unknown): SeamError {
  const message = `The pronunciation model cannot be read: ${why}. Fetch the English pronunciation data again.`
  return new SeamError('integrity', message, cause === undefined ? {} : { cause })
}
