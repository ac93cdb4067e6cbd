import { Intake } from '#dsp/intake.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'

/** A recording as a microphone of `rate` Hz would have given it: mono, in the pieces in which it is read. */
export async function* recordedSound(
  chunks: AsyncIterable<SoundChunk>,
  rate: number,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const intake = new Intake(rate, 1)
  for await (const { samples, sampleRate, channels } of chunks) {
    const taken = intake.take(samples, sampleRate, channels)
    if (taken.frames > 0) yield taken.samples.slice(0, taken.frames) as Float32Array<ArrayBuffer>
  }
  const rest = intake.finish()
  if (rest.frames > 0) yield rest.samples.slice(0, rest.frames) as Float32Array<ArrayBuffer>
}
