import { Concealer } from '../concealer.ts'
import { rateUnit, unwrap, word, words } from '../controls.ts'
import { seeded, steepest } from '../fixtures.ts'
import { Playback, quantum } from '../playback.ts'
import { Ring } from '../ring.ts'
import { Stretcher } from '../stretcher.ts'

/** Seconds of sound that should wait to be heard. */
const target = 0.32

const rate = 8_000
const packet = rate / 50
const seconds = 12

/** Something like a voice, in words with pauses between them. */
const speech = (() => {
  let phase = 0
  return Float32Array.from({ length: (seconds + 2) * rate }, (_, n) => {
    const time = n / rate
    phase += (2 * Math.PI * (110 + 20 * Math.sin(3 * time))) / rate
    let sum = 0
    for (let k = 1; k <= 5; k++) sum += Math.sin(k * phase) / k
    const loudness = Math.max(0, Math.sin(2 * Math.PI * 0.8 * time)) ** 0.5
    return 0.2 * loudness * sum
  })
})()

export interface Heard {
  /** Seconds: the most that the listener was behind where he should have been, or ahead of it. */
  readonly drift: number
  /** As much at the end. */
  readonly last: number
  readonly step: number
  readonly resyncs: number
  /** Seconds by which the counts and what was really left out differ. */
  readonly uncounted: number
}

/**
 * A sender whose clock is off by up to 200 ppm, over a network that loses a fifth in bursts and stalls thrice, as he is
 * heard through the player's own playback. @param stall seconds of each @throws Error when the clock goes back
 */
export function simulate(seed: number, stall: number): Heard {
  const random = seeded(seed)
  const speed = 1 + (random() * 2 - 1) * 200e-6
  const stalls = [1, 4, 7].map(second => second + 2 * random())
  let lost = false
  /** Bursts of five packets on average, a fifth of all. */
  const isLost = () => (lost = lost ? random() < 0.8 : random() < 0.05)

  // What was lost is faded over before it is written: its time passes all the same.
  let arrived = new Float32Array(0)
  const stream = new Concealer(
    new Stretcher(
      {
        read(into, frames) {
          const count = Math.min(frames, arrived.length)
          into.set(arrived.subarray(0, count))
          arrived = arrived.subarray(count)
          return count
        },
      },
      rate,
      1,
    ),
    rate,
    1,
  )
  const ring = new Ring(Ring.memory(4 * rate, 1, false), 1)
  const controls = new Int32Array(words)
  controls[word.rate] = rateUnit
  controls[word.wanted] = 1
  const playback = new Playback({ ring, controls, channels: 1, from: rate, to: rate, live: target, wake: () => {} })

  const output = new Float32Array(Math.floor((seconds * rate) / quantum) * quantum)
  const block = new Float32Array(packet)
  let [sent, heard, behind, drift, flowed] = [0, 0, 0, 0, 0]
  const waiting: Float32Array<ArrayBuffer>[] = []
  for (let n = 0; n < output.length; n += quantum) {
    const now = n / rate
    for (; sent + packet <= now * rate * speed; sent += packet) {
      waiting.push(isLost() ? new Float32Array(0) : speech.slice(sent, sent + packet))
    }
    const isStalled = stalls.some(start => now >= start && now < start + stall)
    for (const data of isStalled ? [] : waiting.splice(0)) {
      arrived = data
      stream.pull([block], packet)
      ring.write(block, 0, packet)
    }
    const { [word.resyncs]: resyncs } = controls
    playback.render([output.subarray(n, n + quantum)])
    const last = heard
    heard = unwrap(heard, controls[word.clock]!)
    if (heard < last) throw new Error('The clock of what was heard went back.')
    // Nothing sounds before enough has come.
    if (heard === 0) continue
    behind = Math.abs(now * speed - target - heard / rate)
    drift = Math.max(drift, behind)
    // The quantum of a jump fades out what sounded; none of it is new.
    if (controls[word.resyncs] === resyncs) flowed += controls[word.flowing]! * quantum
  }
  return {
    drift,
    last: behind,
    step: steepest(output),
    resyncs: controls[word.resyncs]!,
    uncounted: Math.abs(heard - flowed - controls[word.slipped]!) / rate,
  }
}

/** The largest step between two samples that is no click: −40 dB, beside what speech itself does. */
export const NO_CLICK = steepest(speech) * 1.1 + 0.01

/** Seconds that the time-stretch may be from where its speed says, on its way to a place that sounds alike. */
export const STRETCH_SLACK = 0.08
