import { PluginError } from '../sdk/typescript/errors.ts'

/** Bytes after which a header that has no samples yet is no header. */
const MAX_HEADER = 4096

/** What every voice must give, as the manifest promises. */
export const RATE = 22_050

/** Takes the header off a WAV file that comes in slices, and gives its samples. */
export class WavSamples {
  #head: Buffer | undefined = Buffer.alloc(0)

  /** @throws PluginError BAD_OPTION for a voice of another rate, SPEECH_FAILED for what is no WAV file */
  push(bytes: Buffer): Buffer {
    if (!this.#head) return bytes
    this.#head = Buffer.concat([this.#head, bytes])
    const from = samplesAt(this.#head)
    if (from === undefined) {
      if (this.#head.length > MAX_HEADER) throw noWav()
      return Buffer.alloc(0)
    }
    const samples = this.#head.subarray(from)
    this.#head = undefined
    return samples
  }
}

/** Where the samples begin; undefined while too little is there. The sizes of a streamed file are not to be believed. */
function samplesAt(head: Buffer): number | undefined {
  if (head.length < 12) return undefined
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') throw noWav()
  for (let at = 12; at + 8 <= head.length;) {
    const name = head.toString('latin1', at, at + 4)
    if (name === 'data') return at + 8
    if (name === 'fmt ' && at + 24 <= head.length) checkFormat(head.subarray(at + 8))
    at += 8 + head.readUInt32LE(at + 4)
  }
  return undefined
}

function checkFormat(format: Buffer): void {
  const rate = format.readUInt32LE(4)
  if (format.readUInt16LE(2) === 1 && rate === RATE && format.readUInt16LE(14) === 16) return
  throw new PluginError(
    'BAD_OPTION',
    `This voice speaks at ${rate} Hz, and only voices of ${RATE} Hz can be used. Choose another.`,
  )
}

const noWav = () =>
  new PluginError('SPEECH_FAILED', 'espeak-ng gave something that is no sound. Try: espeak-ng --stdout hello')
