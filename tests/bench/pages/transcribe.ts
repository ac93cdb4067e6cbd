import { hearLive, read, type Read } from './hearing.ts'
import { listener } from './listening.ts'
import { decodePcm } from './pcm.ts'

/** @param sound 16-bit samples, base64 */
export async function transcribe(sound: string, sampleRate: number): Promise<Read> {
  return read(await listener(), { samples: decodePcm(sound), sampleRate })
}

/** @param sound 16-bit samples, base64. @returns milliseconds from the end of the turn to its final caption */
export async function final(sound: string, sampleRate: number): Promise<number> {
  return hearLive(await listener(), { samples: decodePcm(sound), sampleRate })
}
