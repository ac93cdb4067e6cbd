import { Intake } from '#dsp/intake.ts'
import { wavHeader } from '../../export/encode/wav-header.ts'
import type { SpokenSound } from '../../storage/conversations-types.ts'

/** Hz of a file that holds both sides. */
const RATE = 24_000
/** Seconds between two who speak. */
const REST = 0.4

/**
 * One WAV file of sounds that follow each other, mono, 16 bits. One sound at a time is in the page's memory; undefined
 * when there is none.
 */
export async function wavOf(
  sounds: Iterable<SpokenSound> | AsyncIterable<SpokenSound>,
  title = '',
): Promise<Blob | undefined> {
  const rest = new Int16Array(Math.round(REST * RATE))
  const parts: Blob[] = []
  let frames = 0
  for await (const sound of sounds) {
    if (sound.samples.length === 0) continue
    for (const pcm of parts.length > 0 ? [rest, pcm16(sound)] : [pcm16(sound)]) {
      parts.push(new Blob([pcm]))
      frames += pcm.length
    }
  }
  return frames === 0 ? undefined : new Blob([wavHeader(RATE, frames, { title }), ...parts], { type: 'audio/wav' })
}

function pcm16({ samples, sampleRate }: SpokenSound): Int16Array<ArrayBuffer> {
  const intake = new Intake(RATE, 1)
  const parts = [intake.take(samples, sampleRate, 1), undefined].map(taken => {
    const { samples: all, frames } = taken ?? intake.finish()
    return Int16Array.from(all.subarray(0, frames), sample => Math.max(-1, Math.min(1, sample)) * 32_767)
  })
  const joined = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
