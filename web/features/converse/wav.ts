import { Intake } from '#dsp/intake.ts'
import { toPcm16 } from '../../export/encode/pcm16.ts'
import { wavFile } from '../../export/encode/wav-file.ts'
import type { SpokenSound } from '../../storage/conversations-types.ts'

/** Hz of a file that holds both sides. */
const RATE = 24_000
/** Seconds between two who speak. */
const REST = 0.4

/** One WAV file of sounds that follow each other; undefined when there is none. One is in the page’s memory at a time. */
export async function wavOf(
  sounds: Iterable<SpokenSound> | AsyncIterable<SpokenSound>,
  title = '',
): Promise<Blob | undefined> {
  const rest = new Int16Array(Math.round(REST * RATE))
  const parts: (Blob | Int16Array<ArrayBuffer>)[] = []
  for await (const sound of sounds) {
    if (sound.samples.length === 0) continue
    if (parts.length > 0) parts.push(rest)
    parts.push(pcm16(sound))
  }
  return parts.length === 0 ? undefined : wavFile(RATE, parts, title)
}

function pcm16({ samples, sampleRate }: SpokenSound): Blob {
  const intake = new Intake(RATE, 1)
  // What it gives lies in memory that it uses again.
  const part = ({ samples, frames }: ReturnType<Intake['finish']>) => toPcm16(samples.subarray(0, frames))
  return new Blob([part(intake.take(samples, sampleRate, 1)), part(intake.finish())])
}
