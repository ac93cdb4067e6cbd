import { openSoundFile } from '../../../web/audio/decode/open.ts'

export interface Decoded {
  readonly sampleRate: number
  readonly channels: number
  readonly video: boolean
  readonly duration: number | undefined
  /** 32-bit floats, interleaved, base64. */
  readonly samples: string
}

/** Reads the sound of a file. @param file base64 */
export async function decode(file: string): Promise<Decoded> {
  const bytes = Uint8Array.from(atob(file), c => c.charCodeAt(0))
  const opened = await openSoundFile(new Blob([bytes]))
  const parts: Float32Array<ArrayBuffer>[] = []
  for await (const { samples } of opened.sound()) parts.push(samples)
  opened.close()
  const all = new Uint8Array(await new Blob(parts).arrayBuffer())
  let text = ''
  for (let at = 0; at < all.length; at += 8192) text += String.fromCharCode(...all.subarray(at, at + 8192))
  const { sampleRate, channels, video, duration } = opened
  return { sampleRate, channels, video, duration, samples: btoa(text) }
}
