import { open } from 'node:fs/promises'
import { Mp4OutputFormat, StreamTarget, type StreamTargetChunk } from 'mediabunny'
import { registerAacEncoder } from '@mediabunny/aac-encoder'
import { encodeBuiltin } from '../sdk/typescript/builtin-encoder.ts'
import type { Sound } from '../sdk/typescript/ffmpeg.ts'

/** Where the major brand stands in an MP4 file, behind the length and the name of its first box. */
const BRAND_AT = 8
const BRAND = Buffer.from('M4B ')

/**
 * AAC-LC in WebAssembly, into a file: the index is written behind the sound, and nothing but the index is held.
 * @param path of the file to make
 */
export async function encodeM4b(sound: Sound, bitrate: number, path: string): Promise<void> {
  registerAacEncoder()
  const file = await open(path, 'w')
  try {
    const stream = new WritableStream<StreamTargetChunk>({
      async write({ data, position }) {
        if (position === 0) data.set(BRAND, BRAND_AT)
        await file.write(data, 0, data.length, position)
      },
    })
    await encodeBuiltin(sound, {
      name: 'an M4B',
      codec: 'aac',
      bitrate,
      format: new Mp4OutputFormat({ fastStart: false }),
      target: new StreamTarget(stream),
    })
  } finally {
    await file.close()
  }
}
