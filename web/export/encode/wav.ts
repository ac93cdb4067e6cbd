import { FileWriter } from './file-writer.ts'
import { toPcm16 } from './pcm16.ts'
import type { ChapterMark, Encoder, EncoderSetup } from './types.ts'
import { wavHeader } from './wav-header.ts'

/** 16-bit PCM. Chapters have no place that players read. */
export async function wavEncoder({ options, sampleRate, sink }: EncoderSetup): Promise<Encoder> {
  const file = new FileWriter(sink)
  let frames = 0
  await file.write(wavHeader(sampleRate, 0, options.metadata))
  return {
    async add(samples) {
      await file.write(new Uint8Array(toPcm16(samples).buffer))
      frames += samples.length
    },
    async finish(): Promise<readonly ChapterMark[]> {
      await file.patch(0, wavHeader(sampleRate, frames, options.metadata))
      return []
    },
    cancel: () => Promise.resolve(),
  }
}
