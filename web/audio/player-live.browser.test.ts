import { afterEach, describe, expect, it } from 'vitest'
import { loudest, sine, steepest } from '#dsp/fixtures.ts'
import { MAX_DRIFT } from '#dsp/rate-controller.ts'
import { createPlayer, type PlayerOptions } from './player.ts'
import type { PlayerState, SpeakerPlayer } from './sink.ts'
import { type Tap, tap } from './tap.ts'

const rate = 24_000
/** Seconds of sound that should wait. */
const live = 0.2

let player: SpeakerPlayer
let recorder: Tap
let written = 0

async function open(options: PlayerOptions): Promise<void> {
  written = 0
  player = await createPlayer(options)
  recorder = await tap(player.output)
}

afterEach(async () => {
  recorder.stop()
  await player.close()
})

const tone = sine(500, rate, 10 * rate, 0.5)
/** Sends so many seconds of a tone at once. */
async function send(seconds: number): Promise<void> {
  const from = Math.round(written * rate)
  const samples = tone.slice(from, from + Math.round(seconds * rate))
  await player.write({ samples, sampleRate: rate, channels: 1, segment: 'a', at: written, last: false })
  written += seconds
}

describe.each([
  ['shared memory', true],
  ['messages', false],
])('live sound over %s', (_name, shared) => {
  it('is gathered, caught up with when it comes late, and heard to its end', async () => {
    await open({ shared, live })
    const states = new Set<PlayerState>()
    player.watch(() => states.add(player.state))
    await player.play()
    await send(live / 2)
    await expect.poll(() => player.state).toBe('starved')
    expect(player.heard).toBeUndefined()

    await send(live / 2)
    await expect.poll(() => player.underruns).toBe(1)
    await expect.poll(() => player.heard?.at).toBeCloseTo(written, 6)
    expect(player.resyncs).toBe(0)

    // What a connection brings that has stood still: more than anybody wants to be behind.
    const late = MAX_DRIFT + 0.3
    await send(live + late)
    await expect.poll(() => player.resyncs).toBe(1)
    expect(player.slipped).toBeCloseTo(late, 1)
    // And again, whether it still sounds by then or not.
    await send(live + late)
    await expect.poll(() => player.resyncs).toBe(2)
    expect(player.slipped).toBeGreaterThan(1.5 * late)

    await send(live / 2)
    await player.flush()
    expect(player.heard?.at).toBeCloseTo(written, 6)
    expect([...states].sort()).toEqual(['idle', 'playing', 'starved'])
    await expect.poll(() => loudest(recorder.recorded().subarray(-2000))).toBe(0)
    const all = recorder.recorded()
    const sounded = all.filter(sample => Math.abs(sample) > 1e-6).length / recorder.sampleRate
    expect(Math.abs(sounded + player.slipped - written)).toBeLessThan(0.1)
    expect(steepest(all)).toBeLessThan(0.06)
  })
})

it('must wait for some time, and for less than the buffer holds', async () => {
  const buffer = 1
  await open({ buffer, live: buffer - MAX_DRIFT })
  for (const wrong of [0, -1, buffer - MAX_DRIFT + 0.01, Number.NaN]) {
    await expect(createPlayer({ buffer, live: wrong })).rejects.toMatchObject({ code: 'bad-input' })
  }
})
