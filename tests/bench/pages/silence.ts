import type { Clock } from './clock.ts'

/** −60 dB: what is softer is silence. */
const SILENT = 1e-3
/** Seconds that it must last to be one. */
const LASTS = 0.1

/** The first frame after `from` from which on nothing sounds to the end of what was recorded. */
export function silenceAfter(clock: Clock, from: number): number {
  const heard = clock.heard(from)
  const last = heard.findLastIndex(sample => Math.abs(sample) > SILENT)
  if (heard.length - last < LASTS * clock.context.sampleRate) throw new Error('It went on sounding.')
  return from + last + 1
}

/** The first frame after `from` that is softer than half of `level`, which sounds all the time. */
export function softerAfter(clock: Clock, from: number, level: number): number {
  const found = clock.heard(from).findIndex(sample => Math.abs(sample) < level / 2)
  if (found < 0) throw new Error('It was never softer.')
  return from + found
}
