import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from './models/files.ts'

const HEADER = 44
/** RIFF sizes are 32 bits. */
const WAV_LIMIT = 0xffff_ffff - HEADER

/** RIFF/WAVE header for 16-bit mono PCM. `dataBytes` of a stream is not known: the largest value says so. */
export function wavHeader(sampleRate: number, dataBytes = WAV_LIMIT): Uint8Array {
  const header = Buffer.alloc(HEADER)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(dataBytes + HEADER - 8, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(dataBytes, 40)
  return header
}

/** −1…1 to 16-bit little-endian; what is louder is clipped. */
export function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * 2)
  for (let at = 0; at < samples.length; at++) {
    const level = Math.max(-1, Math.min(1, samples[at]!))
    bytes.writeInt16LE(Math.round(level < 0 ? level * 32_768 : level * 32_767), at * 2)
  }
  return bytes
}

/** Sound on its way out, written as it comes. */
export interface WavSink {
  write(samples: Float32Array): Promise<void>
  /** Everything was written: the file takes its name. */
  finish(): Promise<void>
  /** It was not: nothing is left behind. */
  discard(): Promise<void>
}

/** A file that appears when it is whole: written beside its place, and renamed. @throws SeamError refused, not-found, quota */
export async function wavFile(path: string, sampleRate: number): Promise<WavSink> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`
  let bytes = 0
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw explain(error, path)
    }
  }
  const file: FileHandle = await guarded(() => open(draft, 'wx'))
  await guarded(() => file.appendFile(wavHeader(sampleRate)))
  return {
    async write(samples) {
      const pcm = toPcm16(samples)
      if (bytes + pcm.length > WAV_LIMIT) {
        throw new SeamError('bad-input', 'A WAV file holds at most 4 GB, a day of speech. Split the text.')
      }
      await guarded(() => file.appendFile(pcm))
      bytes += pcm.length
    },
    finish: () =>
      guarded(async () => {
        await file.write(wavHeader(sampleRate, bytes), 0, HEADER, 0)
        await file.sync()
        await file.close()
        await rename(draft, path)
      }),
    async discard() {
      await file.close().catch(() => undefined)
      await rm(draft, { force: true })
    },
  }
}

/** A pipe or a device: what was written can't be taken back. */
interface ByteSink {
  write(bytes: Uint8Array): Promise<void>
  finish(): Promise<void>
  /** It was given up. */
  keep(): Promise<unknown>
}

/** A stream that can't go back: its header leaves the length open. */
export function wavStream(output: ByteSink, sampleRate: number): WavSink {
  let started = false
  return {
    async write(samples) {
      if (!started) await output.write(wavHeader(sampleRate))
      started = true
      await output.write(toPcm16(samples))
    },
    async finish() {
      if (!started) await output.write(wavHeader(sampleRate, 0))
      await output.finish()
    },
    async discard() {
      await output.keep()
    },
  }
}

function explain(error: unknown, path: string): SeamError {
  const failure = fileError(error, path, 'write')
  if (failure.code === 'refused') {
    return new SeamError('refused', `This account may not write ${path}. Choose another place with -o.`, {
      cause: error,
    })
  }
  if (failure.code === 'not-found') {
    return new SeamError(
      'not-found',
      `The folder of ${path} does not exist. Make it first, or choose another place with -o.`,
      { cause: error },
    )
  }
  return failure
}
