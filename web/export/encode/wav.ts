import { FileWriter } from './file-writer.ts'
import type { ChapterMark, Encoder, EncoderSetup } from './types.ts'
import { wavHeader } from './wav-header.ts'

/** 16-bit PCM. Chapters have no place that players read. */
export async function wavEncoder({ options, sampleRate, sink }: EncoderSetup): Promise<Encoder> {
  const file = new FileWriter(sink)
  let frames = 0
  await file.write(wavHeader(sampleRate, 0, options.metadata))
  return {
    async add(samples) {
      // Little-endian, as every machine that runs a browser is.
      const pcm = new Int16Array(samples.length)
      for (let at = 0; at < samples.length; at++) {
        const value = Math.round((samples[at] ?? 0) * 32768)
        // NaN becomes silence.
        pcm[at] = value > 32767 ? 32767 : value < -32768 ? -32768 : value
      }
      await file.write(new Uint8Array(pcm.buffer))
      frames += samples.length
    },
    async finish(): Promise<readonly ChapterMark[]> {
      await file.patch(0, wavHeader(sampleRate, frames, options.metadata))
      return []
    },
    cancel: () => Promise.resolve(),
  }
}
