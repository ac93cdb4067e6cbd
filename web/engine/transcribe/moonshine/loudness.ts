import { SeamError } from '#protocol/errors.ts'
import { HEARING_RATE } from '../recogniser.ts'

/** Seconds from one measurement to the next. */
const HOP = 0.01
/** Below this nobody is heard to speak, dB of full scale: the network would hear words down to there. */
const SILENCE = -66
/** What counts as silence in sound that has none, dB of full scale. */
const QUIETEST = -70
/** How far a voice stands out between the quietest and the loudest of its surroundings. */
const VOICE_SHARE = 0.3

/** A part of the sound, seconds. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** How loud the sound is at each hop, dB of full scale. @throws SeamError bad-input where samples are no numbers */
export function loudnessOf(samples: Float32Array): Float32Array {
  const hop = Math.round(HOP * HEARING_RATE)
  const levels = new Float32Array(Math.ceil(samples.length / hop))
  for (let i = 0; i < levels.length; i++) {
    const from = i * hop
    const to = Math.min(samples.length, from + hop)
    let sum = 0
    for (let k = from; k < to; k++) sum += samples[k]! ** 2
    if (!Number.isFinite(sum)) {
      throw new SeamError('bad-input', 'The sound holds samples that are no numbers. Record or decode it again.')
    }
    levels[i] = 10 * Math.log10(Math.max(sum / (to - from), 1e-12))
  }
  return levels
}

/** Whether nothing in it is loud enough for speech. */
export const isSilent = (levels: Float32Array) => levels.every(level => level < SILENCE)

/** Where somebody may be speaking: what stands out of the rest. */
export function voicedStretches(levels: Float32Array): Stretch[] {
  const sorted = levels.toSorted()
  const at = (share: number) => Math.max(QUIETEST, sorted[Math.floor(share * (sorted.length - 1))] ?? QUIETEST)
  const [quiet, loud] = [at(0.1), at(0.95)]
  const threshold = quiet + (loud - quiet) * VOICE_SHARE
  const stretches: Stretch[] = []
  for (let i = 0; i < levels.length; i++) {
    if (levels[i]! < threshold) continue
    const start = i
    while (i < levels.length && levels[i]! >= threshold) i++
    stretches.push({ start: start * HOP, end: i * HOP })
  }
  return stretches
}
