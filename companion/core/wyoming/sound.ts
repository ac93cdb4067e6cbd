import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { decodeSamples, type SampleKind } from '../sound/samples.ts'
import { HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS } from '../sound/wav-reader.ts'
import type { WyomingEvent } from './events.ts'

const KINDS: Readonly<Record<number, SampleKind>> = { 1: 'u8', 2: 's16', 3: 's24', 4: 's32' }

const format = z.object({
  rate: z.int().min(LOWEST_RATE).max(HIGHEST_RATE),
  width: z.int().min(1).max(4),
  channels: z.int().min(1).max(MOST_CHANNELS),
})

/** The sound of an `audio-chunk`; undefined when it is empty. @throws SeamError bad-input */
export function readSound({ data, payload }: WyomingEvent): SoundChunk | undefined {
  const parsed = format.safeParse(data)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new SeamError('bad-input', `The sound can’t be used: “${issue?.path.join('.')}”: ${issue?.message}.`)
  }
  const { rate, width, channels } = parsed.data
  const whole = payload.length - (payload.length % (width * channels))
  if (whole === 0) return undefined
  return { sampleRate: rate, ...decodeSamples(payload.subarray(0, whole), KINDS[width]!, channels) }
}
