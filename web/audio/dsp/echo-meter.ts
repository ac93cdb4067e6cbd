import { BandLevels, LEVEL_BANDS, LEVEL_RATE, SILENT_LEVEL } from './band-levels.ts'

/** Seconds by which the microphone may hear the loudspeaker later: devices, wireless ones too, and the room. */
export const MAX_ECHO_DELAY = 0.8
/** Seconds by which one stream may be told before the other: a busy page reads them in bursts. */
const slack = 0.5
/** Seconds of levels that are kept. */
const kept = 20
/** Seconds of sound that tell while the delay is not known: the beginnings of two voices are much alike. */
export const SURE_AFTER = 0.5
/** Seconds that are enough once it is. */
export const ENOUGH = 0.35
/** Seconds that are looked at then, with what came before. */
const before = 0.9
/** Correlation from which on it is the loudspeaker: with any delay, and with the one that is known. */
export const ALIKE = 0.85
export const ALIKE_IN_TIME = 0.75
/** Seconds between two looks for the delay, and how much is looked at. */
const lookEvery = 0.5
const lookAt = 1.2
/** Frames by which the delay may have changed since it was found. */
const around = 4

const frameOf = (seconds: number) => Math.round(seconds * LEVEL_RATE)

/**
 * Tells whether the microphone hears the loudspeaker: by how alike the levels of both go up and down in bands, whatever
 * the room, the loudness and the delay. Somebody else's words do not. Both streams are told as they come, side by side.
 */
export class EchoMeter {
  readonly #near = new Levels()
  readonly #far = new Levels()
  readonly #nearBands: BandLevels
  readonly #farBands: BandLevels
  /** Frames by which the microphone hears the loudspeaker later, once that was found. */
  #delay: number | undefined
  #look = 0

  /** @param sampleRate Hz of both streams */
  constructor(sampleRate: number) {
    this.#nearBands = new BandLevels(sampleRate)
    this.#farBands = new BandLevels(sampleRate)
  }

  /** What the microphone took in, as it comes. */
  near(samples: Float32Array): void {
    this.#nearBands.take(samples, levels => this.#near.push(levels))
    // The loudspeaker tells nothing while it rests. Where it goes on is not known any more.
    while (this.#far.end < this.#near.end - frameOf(slack)) {
      this.#far.push(undefined)
      this.#delay = undefined
    }
    if (this.#near.end < this.#look) return
    this.#look = this.#near.end + frameOf(lookEvery)
    this.#find(this.#near.end - frameOf(lookAt), this.#near.end)
  }

  /** What the loudspeaker gave out, as it comes. */
  far(samples: Float32Array): void {
    this.#farBands.take(samples, levels => {
      // Nobody listens: it must not run ahead.
      if (this.#far.end < this.#near.end + frameOf(slack)) this.#far.push(levels)
    })
  }

  /**
   * Whether the microphone heard the loudspeaker and nothing else between two places, in seconds along what it took in.
   * Undefined where that can't be told.
   */
  isEcho(from: number, to: number): boolean | undefined {
    const last = Math.min(this.#near.end, frameOf(to))
    const first = Math.max(0, frameOf(from))
    const delay = this.#delay
    if (delay !== undefined && last - first >= frameOf(ENOUGH)) {
      return this.#best(first, last, delay - around, delay + around).likeness >= ALIKE_IN_TIME
    }
    if (last - first < frameOf(SURE_AFTER)) return undefined
    return this.#find(Math.min(first, last - frameOf(before)), last) || undefined
  }

  /** Looks for the delay in a stretch. @returns whether that was the loudspeaker */
  #find(first: number, last: number): boolean {
    if (first < 0 || this.#far.isSilent(first - frameOf(MAX_ECHO_DELAY + slack), last + frameOf(slack))) return false
    const { likeness, delay } = this.#best(first, last, -frameOf(slack), frameOf(MAX_ECHO_DELAY + slack))
    if (likeness < ALIKE) return false
    this.#delay = delay
    return true
  }

  /** The delay from `least` to `most` frames with which the loudspeaker is most like a stretch of the microphone. */
  #best(first: number, last: number, least: number, most: number): { likeness: number; delay: number } {
    const near = centred(this.#near.between(first, last))
    const far = this.#far.between(first - most, last - least)
    const power = near.reduce((sum, value) => sum + value * value, 0)
    let best = { likeness: 0, delay: 0 }
    for (let delay = least; delay <= most; delay++) {
      const likeness = correlation(near, power, far, (most - delay) * LEVEL_BANDS)
      if (likeness > best.likeness) best = { likeness, delay }
    }
    return best
  }
}

/** The latest levels of one stream; silence where none were told. */
class Levels {
  readonly #values = new Float32Array(frameOf(kept) * LEVEL_BANDS).fill(SILENT_LEVEL)
  /** Frames told so far. */
  end = 0
  /** The end of the last frame with sound in it. */
  #sounded = 0

  push(levels: Float32Array | undefined): void {
    const at = (this.end++ % frameOf(kept)) * LEVEL_BANDS
    if (levels) this.#values.set(levels, at)
    else this.#values.fill(SILENT_LEVEL, at, at + LEVEL_BANDS)
    if (levels?.some(level => level > SILENT_LEVEL + 1)) this.#sounded = this.end
  }

  isSilent(first: number, last: number): boolean {
    return this.#sounded <= first || last <= 0
  }

  between(first: number, last: number): Float32Array {
    const out = new Float32Array((last - first) * LEVEL_BANDS).fill(SILENT_LEVEL)
    const oldest = Math.max(0, this.end - frameOf(kept))
    for (let frame = Math.max(first, oldest); frame < Math.min(last, this.end); frame++) {
      const at = (frame % frameOf(kept)) * LEVEL_BANDS
      out.set(this.#values.subarray(at, at + LEVEL_BANDS), (frame - first) * LEVEL_BANDS)
    }
    return out
  }
}

/** Levels, each band less its mean. */
function centred(levels: Float32Array): Float32Array {
  const frames = levels.length / LEVEL_BANDS
  for (let band = 0; band < LEVEL_BANDS; band++) {
    let sum = 0
    for (let at = band; at < levels.length; at += LEVEL_BANDS) sum += levels[at]!
    for (let at = band; at < levels.length; at += LEVEL_BANDS) levels[at]! -= sum / frames
  }
  return levels
}

/** Of centred levels with as many others from `offset` on, −1…1. @param power sum of the squares of `near` */
function correlation(near: Float32Array, power: number, far: Float32Array, offset: number): number {
  const frames = near.length / LEVEL_BANDS
  let both = 0
  let spread = 0
  for (let band = 0; band < LEVEL_BANDS; band++) {
    let sum = 0
    let squares = 0
    for (let at = band; at < near.length; at += LEVEL_BANDS) {
      const value = far[offset + at]!
      sum += value
      squares += value * value
      both += near[at]! * value
    }
    spread += squares - (sum * sum) / frames
  }
  return power > 0 && spread > 1e-6 ? both / Math.sqrt(power * spread) : 0
}
