import { EchoMeter } from '#dsp/echo-meter.ts'
import { Intake } from '#dsp/intake.ts'
import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'

/** Seconds of what is heard now that tell whether it is the loudspeaker. */
const LATEST = 0.8

/**
 * Knows a client's loudspeaker in its microphone. What it plays is what it was sent: a little ahead of when it sounds,
 * and evenly, so that the meter takes that for a part of the delay.
 */
export class ClientEcho {
  readonly #meter = new EchoMeter(HEARING_RATE)
  readonly #near = new Intake(HEARING_RATE, 1)
  readonly #far = new Intake(HEARING_RATE, 1)
  #taken = 0

  /** What came from the client, and silence that was put in its place. */
  heard(samples: Float32Array, sampleRate: number): void {
    const { samples: near, frames } = this.#near.take(samples, sampleRate, 1)
    this.#meter.near(near.subarray(0, frames))
    this.#taken += samples.length / sampleRate
  }

  sent(samples: Float32Array, sampleRate: number): void {
    const { samples: far, frames } = this.#far.take(samples, sampleRate, 1)
    this.#meter.far(far.subarray(0, frames))
  }

  /** As ears tell it. */
  isEcho(from: number, to?: number): boolean | undefined {
    if (to !== undefined) return this.#meter.isEcho(from, to)
    return this.#meter.isEcho(Math.max(from, this.#taken - LATEST), this.#taken)
  }
}
