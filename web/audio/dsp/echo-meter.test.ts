import { describe, expect, it } from 'vitest'
import { speak } from '../../../tests/support/speaking.ts'
import { ENOUGH, EchoMeter, MAX_ECHO_DELAY, SURE_AFTER } from './echo-meter.ts'
import { Intake } from './intake.ts'

const RATE = 16_000
const REPLY = 'The river begins in the mountains of the east. It passes seven towns before it comes to the plain.'

async function spoken(text: string, voice?: string): Promise<Float32Array> {
  const { samples, sampleRate } = await speak(text, voice)
  const frames = new Intake(RATE, 1).take(samples, sampleRate, 1)
  return frames.samples.slice(0, frames.frames)
}

const reply = await spoken(REPLY, 'af_heart')
const user = await spoken('No, wait a moment, what did you say about the bridge?', 'am_michael')

/** A room: the way straight from the loudspeaker, and two hundred others that die away. */
function echoOf(samples: Float32Array, delay: number, gain: number): Float32Array {
  const heard = new Float32Array(samples.length)
  const add = (late: number, loud: number) => {
    const from = Math.round((delay + late) * RATE)
    for (let n = from; n < heard.length; n++) heard[n]! += loud * samples[n - from]!
  }
  add(0, gain)
  for (let way = 1; way <= 200; way++) add(0.3 * ((way * 0.618) % 1), gain * 0.1 * Math.sin(way) * Math.exp(-way / 60))
  return heard
}

const mixed = (length: number, ...sounds: { at?: number; samples: Float32Array; gain?: number }[]) => {
  // A room is never quite silent.
  const out = Float32Array.from({ length }, (_, n) => 1e-3 * Math.sin(n * n))
  for (const { at = 0, samples, gain = 1 } of sounds) {
    const from = Math.round(at * RATE)
    for (let n = 0; n < samples.length && from + n < length; n++) out[from + n]! += gain * samples[n]!
  }
  return out
}

/** Both streams from the start to `until` seconds, 20 ms at a time. */
function meterOf(far: Float32Array, near: Float32Array, until = near.length / RATE): EchoMeter {
  const meter = new EchoMeter(RATE)
  for (let n = 0; n < until * RATE; n += 320) {
    meter.far(far.subarray(n, n + 320))
    meter.near(near.subarray(n, n + 320))
  }
  return meter
}

/** A second of silence, then the reply. */
const far = mixed(reply.length + RATE, { at: 1, samples: reply })
for (let n = 0; n < RATE; n++) far[n] = 0

describe('the loudspeaker in the microphone', () => {
  it.each([
    [0.02, 0.5],
    [0.15, 0.3],
    [0.3, 0.05],
    [MAX_ECHO_DELAY, 0.3],
  ])('%f s late and at %f of its loudness', (delay, gain) => {
    const near = mixed(far.length, { samples: echoOf(far, delay, gain) })
    const begins = 1.3 + delay
    expect(meterOf(far, near, begins + 0.7).isEcho(begins, begins + 0.7)).toBe(true)
    expect(meterOf(far, near, begins + 1.4).isEcho(begins + 0.8, begins + 1.4)).toBe(true)
  })

  it('is not looked for later than MAX_ECHO_DELAY and what streams may be apart', () => {
    const near = mixed(far.length, { samples: echoOf(far, MAX_ECHO_DELAY + 1, 0.3) })
    expect(meterOf(far, near, 5).isEcho(4, 5)).toBeUndefined()
  })

  it('is known after SURE_AFTER, and after ENOUGH when it was heard before', () => {
    const near = mixed(far.length, { samples: echoOf(far, 0.1, 0.3) })
    // It has not been looked for since it began.
    const begins = meterOf(far, near, 1.48)
    expect(begins.isEcho(1.48 - SURE_AFTER + 0.01, 1.48)).toBeUndefined()
    expect(begins.isEcho(1.48 - SURE_AFTER, 1.48)).toBe(true)
    const goesOn = meterOf(far, near, 2.5)
    expect(goesOn.isEcho(2.5 - ENOUGH + 0.01, 2.5)).toBeUndefined()
    expect(goesOn.isEcho(2.5 - ENOUGH, 2.5)).toBe(true)
  })
})

describe('somebody else', () => {
  it.each([0.2, 1, 2.5])('who speaks %f s into the reply is not taken for it', at => {
    const near = mixed(far.length, { at: 1 + at, samples: user, gain: 0.5 })
    for (const after of [0.4, 0.7, 1.2, 1.8]) {
      const to = 1 + at + after
      expect(meterOf(far, near, to).isEcho(Math.max(1 + at, to - 0.8), to)).not.toBe(true)
    }
  })

  it('who speaks over the echo is heard', () => {
    const near = mixed(far.length, { samples: echoOf(far, 0.1, 0.1) }, { at: 2.2, samples: user, gain: 0.5 })
    expect(meterOf(far, near, 2.2).isEcho(1.6, 2.2)).toBe(true)
    expect(meterOf(far, near, 3.2).isEcho(2.4, 3.2)).toBe(false)
  })
})

it('says nothing where nothing sounded, whatever it is given', () => {
  const near = mixed(3 * RATE, { samples: user, gain: 0.5 })
  expect(meterOf(new Float32Array(3 * RATE), near).isEcho(0, 2)).toBeUndefined()
  expect(meterOf(new Float32Array(0), near).isEcho(1, 2)).toBeUndefined()
  expect(new EchoMeter(RATE).isEcho(0, 1)).toBeUndefined()
  const broken = meterOf(
    far.map(() => NaN),
    far.map(() => Infinity),
  )
  expect(broken.isEcho(1, 2)).toBeUndefined()
  expect(broken.isEcho(5, 4)).toBeUndefined()
})

it('finds the delay anew when the loudspeaker has rested', () => {
  const meter = new EchoMeter(RATE)
  const near = mixed(far.length, { samples: echoOf(far, 0.1, 0.3) })
  const tell = (at: number) => {
    meter.far(far.subarray(at, at + 320))
    meter.near(near.subarray(at, at + 320))
  }
  for (let n = 0; n < 2.5 * RATE; n += 320) tell(n)
  expect(meter.isEcho(1.6, 2.2)).toBe(true)
  // The device sleeps for some seconds in which it tells nothing.
  for (let n = 0; n < 3 * RATE; n += 320) meter.near(new Float32Array(320))
  expect(meter.isEcho(5, 5.4)).toBeUndefined()
  for (let n = 0; n < 2.5 * RATE; n += 320) tell(n)
  expect(meter.isEcho(7, 7.6)).toBe(true)
})
