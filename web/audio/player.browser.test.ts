import { afterEach, describe, expect, it } from 'vitest'
import { frequencyOf, loudest, seeded, sine, steepest } from '#dsp/fixtures.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import { createPlayer, type PlayerOptions } from './player.ts'
import type { SpeakerPlayer } from './sink.ts'
import type { PlayerState } from './sink.ts'
import { type Tap, tap } from './tap.ts'

const rate = 24_000

let player: SpeakerPlayer
let recorder: Tap

async function open(options: PlayerOptions = {}): Promise<SpeakerPlayer> {
  player = await createPlayer(options)
  recorder = await tap(player.output)
  return player
}

afterEach(async () => {
  recorder.stop()
  await player.close()
})

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

function chunk(samples: Float32Array<ArrayBuffer>, segment = 'a', at = 0): PcmChunk {
  return { samples, sampleRate: rate, channels: 1, segment, at, last: true }
}

/** Waits until `ready`, in the time that sound needs anyway. */
async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await wait(5)
}

/** What was heard, from its first sample that is not silent. */
function sounded(): Float32Array {
  const all = recorder.recorded()
  const start = all.findIndex(sample => sample !== 0)
  return start < 0 ? new Float32Array(0) : all.subarray(start)
}

/**
 * Compares what was heard of a sine, sample by sample, with the sine resumed wherever the phase says it is.
 * @returns how many samples a jump of the phase left out or gave twice, at the device's rate
 */
function phaseErrors(heard: Float32Array, frequency: number, from: number, to: number): number {
  const step = (2 * Math.PI * frequency) / recorder.sampleRate
  let errors = 0
  let phase: number | undefined
  // Over a window of 10 ms the phase is found by correlation; it must go on by exactly one step a sample.
  const window = Math.round(recorder.sampleRate / 100)
  for (let at = from; at + window <= to; at += window) {
    let real = 0
    let imaginary = 0
    for (let n = at; n < at + window; n++) {
      real += heard[n]! * Math.cos(step * n)
      imaginary += heard[n]! * Math.sin(step * n)
    }
    const now = Math.atan2(real, imaginary)
    if (phase !== undefined) {
      const jump = Math.atan2(Math.sin(now - phase), Math.cos(now - phase))
      errors += Math.round(Math.abs(jump / step))
    }
    phase = now
  }
  return errors
}

describe.each([
  ['shared memory', true],
  ['messages', false],
])('over %s', (_name, shared) => {
  it('plays 200 seams of a sine as one sine', async () => {
    const { length } = await (async () => {
      await open({ shared })
      const random = seeded(11)
      const input = sine(1000, rate, 6 * rate, 0.5)
      const cuts = Array.from({ length: 199 }, () => Math.floor(random() * input.length)).sort((a, b) => a - b)
      const bounds = [0, ...cuts, input.length]
      // The first pieces may last less than a quantum, so a few lie ready before it sounds.
      const writing: Promise<void>[] = []
      for (let n = 0; n + 1 < bounds.length; n++) {
        writing.push(player.write(chunk(input.slice(bounds[n], bounds[n + 1]), `s${n}`)))
        if (n === 20) await Promise.all(writing).then(() => player.play())
      }
      await Promise.all(writing)
      await player.flush()
      return input
    })()
    await wait(100)
    expect(player.shared).toBe(shared)
    expect(player.underruns).toBe(0)
    expect(player.state).toBe('idle')
    const heard = sounded()
    const whole = Math.round((length * recorder.sampleRate) / rate)
    expect(heard.length).toBeGreaterThanOrEqual(whole - 10)
    expect(phaseErrors(heard, 1000, 500, whole - 500)).toBe(0)
    expect(loudest(heard.subarray(whole + 500))).toBe(0)
    // Every sample between is the sine's, to 80 dB: nothing was dropped and put right later either.
    let worst = 0
    const step = (2 * Math.PI * 1000) / recorder.sampleRate
    let real = 0
    let imaginary = 0
    for (let n = 500; n < whole - 500; n++) {
      real += heard[n]! * Math.cos(step * n)
      imaginary += heard[n]! * Math.sin(step * n)
    }
    const phase = Math.atan2(real, imaginary)
    for (let n = 500; n < whole - 500; n++) {
      worst = Math.max(worst, Math.abs(heard[n]! - 0.5 * Math.sin(step * n + phase)))
    }
    expect(worst).toBeLessThan(1e-4)
  })

  it('counts an underrun when starved, says so, and goes on when fed', async () => {
    await open({ shared })
    const states: PlayerState[] = []
    player.watch(() => states.push(player.state))
    await player.play()
    await player.write(chunk(sine(500, rate, rate / 4, 0.5)))
    await until(() => player.state === 'starved')
    await until(() => player.underruns === 1)
    await player.write(chunk(sine(500, rate, rate / 4, 0.5), 'b'))
    await player.flush()
    expect(player.underruns).toBe(1)
    expect(player.state).toBe('idle')
    expect(player.heard).toEqual({ segment: 'b', at: 0.25 })
    expect([...new Set(states)].sort()).toEqual(['idle', 'playing', 'starved'])
    await wait(60)
    expect(steepest(recorder.recorded())).toBeLessThan(0.06)
  })

  it('interrupts: silent, empty, and sure of the place', async () => {
    await open({ shared })
    const input = sine(400, rate, 3 * rate, 0.5)
    await player.play()
    await player.write(chunk(input.slice(0, rate), 'a'))
    await player.write(chunk(input.slice(rate), 'b', 0))
    await until(() => player.heard?.segment === 'b' && player.heard.at > 0.2)
    const place = player.interrupt()!
    await wait(150)
    expect(place.segment).toBe('b')
    const heard = sounded()
    const end = heard.findLastIndex(sample => sample !== 0) + 1
    const seconds = end / recorder.sampleRate - 1
    // By shared memory: the quantum that fades out follows the place, and nothing else does. A message takes its time.
    const slack = shared ? 130 / recorder.sampleRate : 1
    expect(seconds - place.at).toBeGreaterThan(-2 / recorder.sampleRate)
    expect(seconds - place.at).toBeLessThan(slack)
    expect(steepest(heard)).toBeLessThan(0.05)
    expect(player.state).toBe('idle')
    expect(player.heard).toBeUndefined()
    expect(player.interrupt()).toBeUndefined()

    await player.write(chunk(sine(800, rate, rate / 2, 0.5), 'c'))
    await player.flush()
    await wait(60)
    const after = sounded().subarray(end + 1)
    const start = after.findIndex(sample => sample !== 0)
    expect(frequencyOf(after.subarray(start + 500, start + 15_000), recorder.sampleRate)).toBeCloseTo(800, 0)
  })

  it('pauses without a click and goes on where it was', async () => {
    await open({ shared })
    await player.write(chunk(sine(400, rate, 1.5 * rate, 0.5)))
    expect(player.state).toBe('paused')
    await player.play()
    await until(() => (player.heard?.at ?? 0) > 0.3)
    player.pause()
    expect(player.state).toBe('paused')
    await wait(150)
    const paused = player.heard!.at
    await wait(100)
    expect(player.heard!.at).toBe(paused)
    await player.play()
    await player.flush()
    await wait(60)
    const heard = sounded()
    const quiet = heard.findIndex((_sample, n) => n > 2000 && loudest(heard.subarray(n, n + 1000)) === 0)
    expect(quiet).toBeGreaterThan(0)
    expect(steepest(heard)).toBeLessThan(0.05)
    // All of it was heard, around the pause.
    const sounding = heard.filter(sample => Math.abs(sample) > 1e-6).length
    expect(Math.abs(sounding / recorder.sampleRate - 1.5)).toBeLessThan(0.01)
    expect(player.underruns).toBe(0)
  })

  it('plays at double speed with the pitch kept, at once', async () => {
    await open({ shared })
    await player.write(chunk(sine(440, rate, 4 * rate, 0.5)))
    await player.play()
    await until(() => (player.heard?.at ?? 0) > 0.5)
    const changed = player.heard!.at
    player.rate = 2
    await player.flush()
    await wait(60)
    const heard = sounded()
    const end = heard.findLastIndex(sample => Math.abs(sample) > 1e-4)
    const seconds = end / recorder.sampleRate
    expect(Math.abs(seconds - (changed + (4 - changed) / 2))).toBeLessThan(0.3)
    const pitch = frequencyOf(heard.subarray(end - recorder.sampleRate, end - 3000), recorder.sampleRate)
    expect(Math.abs(pitch / 440 - 1)).toBeLessThan(0.01)
  })

  it('waits for room, and fails what waits when interrupted', async () => {
    await open({ shared, buffer: 0.5 })
    let done = 0
    const writing = Array.from({ length: 4 }, (_, n) =>
      player.write(chunk(sine(400, rate, rate / 4), `s${n}`)).then(() => (done += 1)),
    )
    const settled = Promise.allSettled(writing)
    await wait(100)
    expect(done).toBe(2) // half a second fits
    await player.play()
    await until(() => done >= 3)
    await player.write(chunk(sine(400, rate, 10), 'end'))
    expect((await settled).every(({ status }) => status === 'fulfilled')).toBe(true)

    player.pause()
    const long = player.write(chunk(new Float32Array(rate), 'long'))
    const late = player.flush()
    const both = Promise.allSettled([long, late])
    await wait(50)
    player.interrupt()
    for (const result of await both) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
  })

  it('keeps sounding while the page is blocked for 100 ms each second', async () => {
    await open({ shared })
    const input = sine(300, rate, rate / 2, 0.5)
    await player.play()
    let blocked = 0
    const blocking = setInterval(() => {
      blocked += 1
      const until = performance.now() + 100
      while (performance.now() < until);
    }, 1000)
    for (let n = 0; n < 20; n++) await player.write(chunk(input.slice(), `s${n}`))
    await player.flush()
    clearInterval(blocking)
    await wait(60)
    expect(blocked).toBeGreaterThan(5)
    expect(player.underruns).toBe(0)
    const heard = sounded()
    expect(phaseErrors(heard, 300, 500, 9.9 * recorder.sampleRate)).toBe(0)
  })
})

it('converts chunks of other rates, and mixes two channels down', async () => {
  await open()
  await player.play()
  await player.write({ ...chunk(sine(600, 44_100, 44_100, 0.5)), sampleRate: 44_100 })
  const stereo = new Float32Array(2 * rate)
  sine(600, rate, rate, 0.5).forEach((sample, n) => stereo.set([sample, sample], 2 * n))
  await player.write({ ...chunk(stereo, 'b'), channels: 2 })
  await player.flush()
  await wait(60)
  expect(player.heard?.segment).toBe('b')
  expect(player.underruns).toBe(0)
  const middle = sounded().subarray(1000, 1.95 * recorder.sampleRate)
  expect(frequencyOf(middle, recorder.sampleRate)).toBeCloseTo(600, 0)
})

it('gives out two channels when asked to, turns down, and refuses what is no number', async () => {
  await open({ channels: 2, latency: 'interactive' })
  player.volume = 0.5
  expect(player.volume).toBe(0.5)
  player.volume = 7
  expect(player.volume).toBe(1)
  player.volume = 0.25
  player.rate = 99
  expect(player.rate).toBe(3)
  player.rate = 1
  expect(() => (player.rate = Number.NaN)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  expect(() => (player.volume = Number.NaN)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  await expect(player.writeSilence(-1)).rejects.toMatchObject({ code: 'bad-input' })
  await expect(player.writeSilence(Number.NaN)).rejects.toMatchObject({ code: 'bad-input' })
  await player.play()
  await wait(100)
  await player.write(chunk(sine(500, rate, rate / 2, 0.8)))
  await player.writeSilence(0.5)
  await player.flush()
  expect(player.heard).toEqual({ segment: 'a', at: 1 })
  expect(loudest(sounded())).toBeCloseTo(0.2, 1)
})

it('fails what comes after close, and what waits', async () => {
  await open({ buffer: 0.1 })
  const waiting = player.write(chunk(new Float32Array(rate)))
  const result = expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  await wait(20)
  await player.close()
  await result
  await expect(player.write(chunk(new Float32Array(10)))).rejects.toMatchObject({ code: 'cancelled' })
  await expect(player.play()).rejects.toMatchObject({ code: 'cancelled' })
  expect(player.state).toBe('idle')
})

it('goes on by itself when the system stops the sound device', async () => {
  await open()
  await player.write(chunk(sine(500, rate, 2 * rate, 0.5)))
  await player.play()
  await until(() => (player.heard?.at ?? 0) > 0.3)
  await (player.output.context as AudioContext).suspend()
  await player.flush()
  await wait(60)
  expect(player.heard).toEqual({ segment: 'a', at: 2 })
  expect(player.underruns).toBe(0)
  expect(phaseErrors(sounded(), 500, 500, 1.9 * recorder.sampleRate)).toBe(0)
})

it('calls back once a frame while it plays, and not after the end of the watch', async () => {
  await open()
  let calls = 0
  let frames = 0
  const stop = player.watch(() => (calls += 1))
  const count = () => {
    frames += 1
    if (player.state !== 'idle') requestAnimationFrame(count)
  }
  await player.write(chunk(sine(500, rate, rate, 0.5)))
  await player.play()
  requestAnimationFrame(count)
  await player.flush()
  expect(calls).toBeGreaterThan(5)
  expect(calls).toBeLessThanOrEqual(frames + 5) // and one for each change of state
  stop()
  const before = calls
  await player.write(chunk(sine(500, rate, rate / 4, 0.5)))
  await player.flush()
  expect(calls).toBe(before)
})

it('refuses a buffer of no length, and a rate that nothing converts', async () => {
  await open({ buffer: 600, sampleRate: 8000 })
  for (const buffer of [0, -1, 601, Number.NaN]) {
    await expect(createPlayer({ buffer })).rejects.toMatchObject({ code: 'bad-input' })
  }
  await expect(createPlayer({ sampleRate: 44_101 })).rejects.toMatchObject({ code: 'unsupported' })
})
