/** Silence kept before the first sound and after the last, seconds: enough for soft onsets and for a fade. */
const KEEP_BEFORE = 0.03
const KEEP_AFTER = 0.07

/** RMS under which a window counts as silent: −52 dB of full scale, below Kokoro's soft fricatives. */
const SILENT = 10 ** (-52 / 20)

const WINDOW = 0.005
const FADE = 0.004

/** The part of the chunk that sounds, with short fades so that it may be put next to any other without a click. */
export interface Trimmed {
  readonly samples: Float32Array<ArrayBuffer>
  /** Seconds cut off the front. */
  readonly lead: number
}

/**
 * Cuts the silence that Kokoro adds at both ends (about 0.6 s after a final stop), so that pauses are ours to set.
 * @param samples mono. An all-silent clip comes back empty.
 */
export function trimSilence(samples: Float32Array, sampleRate: number): Trimmed {
  const window = Math.round(WINDOW * sampleRate)
  const count = Math.ceil(samples.length / window)
  let first = count
  let last = -1
  for (let w = 0; w < count; w++) {
    const end = Math.min((w + 1) * window, samples.length)
    let energy = 0
    for (let i = w * window; i < end; i++) energy += samples[i]! * samples[i]!
    if (energy / (end - w * window) > SILENT * SILENT) {
      if (first === count) first = w
      last = w
    }
  }
  if (last < 0) return { samples: new Float32Array(0), lead: 0 }
  const from = Math.max(0, first * window - Math.round(KEEP_BEFORE * sampleRate))
  const to = Math.min(samples.length, (last + 1) * window + Math.round(KEEP_AFTER * sampleRate))
  const kept = samples.slice(from, to) as Float32Array<ArrayBuffer>
  fadeEnds(kept, Math.min(Math.round(FADE * sampleRate), kept.length >> 1))
  return { samples: kept, lead: from / sampleRate }
}

function fadeEnds(samples: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / length)
    samples[i] = samples[i]! * gain
    samples[samples.length - 1 - i] = samples[samples.length - 1 - i]! * gain
  }
}
