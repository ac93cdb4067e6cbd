import { toBase64 } from '#dialogue/personas/card/bytes.ts'
import { Intake } from '#dsp/intake.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { wavHead } from '../pcm.ts'
import type { SoundValue } from './form.ts'

/** Hz, as contracts hear. */
const RATE = 16_000
/** Seconds of sound that one call is given: as base64 it goes through the companion whole. */
export const MAX_SECONDS = 120
/** Seconds after which a recording ends by itself: somebody has forgotten it. */
export const MAX_RECORDING = 60

/**
 * Sound as a call takes it: a WAV file of 16 bits, mono, 16 kHz.
 * @param cutAt seconds after which no more is taken; without it sound past MAX_SECONDS is refused
 * @throws SeamError bad-input when it is too long, or there is none
 */
export async function gatherSound(
  chunks: AsyncIterable<SoundChunk>,
  label: string,
  cutAt?: number,
): Promise<SoundValue> {
  const intake = new Intake(RATE, 1)
  const parts: Int16Array<ArrayBuffer>[] = []
  const most = (cutAt ?? MAX_SECONDS) * RATE
  let count = 0
  const keep = (samples: Float32Array, frames: number) => {
    const room = Math.min(frames, most - count)
    if (room < frames && cutAt === undefined) {
      throw new SeamError('bad-input', `“${label}” is longer than ${MAX_SECONDS / 60} minutes. Choose a shorter one.`)
    }
    count += room
    const part = new Int16Array(room)
    for (let at = 0; at < room; at++) part[at] = Math.max(-1, Math.min(1, samples[at]!)) * 32_767
    parts.push(part)
  }
  for await (const { samples, sampleRate, channels } of chunks) {
    const { samples: taken, frames } = intake.take(samples, sampleRate, channels)
    keep(taken, frames)
    if (count === most && cutAt !== undefined) break
  }
  const { samples, frames } = intake.finish()
  if (count < most) keep(samples, frames)
  if (count === 0) throw new SeamError('bad-input', `There is no sound in “${label}”.`)
  const data = new Uint8Array(44 + count * 2)
  data.set(wavHead({ rate: RATE, channels: 1, format: 's16le' }, count * 2))
  let at = 44
  for (const part of parts) {
    data.set(new Uint8Array(part.buffer), at)
    at += part.byteLength
  }
  return { encoding: 'base64', mime: 'audio/wav', data: toBase64(data), label, seconds: count / RATE }
}
