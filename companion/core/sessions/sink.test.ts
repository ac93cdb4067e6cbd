import { describe, expect, it } from 'vitest'
import { HandClock, settle } from '#dialogue/testing/clock.ts'
import { LEAD } from './limits.ts'
import { REPORT_LASTS } from './playhead.ts'
import { BLOCK, PacedSink } from './sink.ts'

const RATE = 1_000

function scene(rate = RATE) {
  const clock = new HandClock()
  const sent: number[] = []
  const starts: number[] = []
  /** Seconds that were sent and can't have been heard yet, at the worst. */
  let most = 0
  const sink = new PacedSink(
    clock,
    {
      ready: () => Promise.resolve(),
      started: () => void starts.push(sent.length),
      sound(samples) {
        sent.push(...samples)
        most = Math.max(most, sent.length / rate - clock.now() / 1000)
      },
    },
    rate,
  )
  /** So many seconds of a segment; each sample tells where it lies. */
  const write = (seconds: number, { segment = 'a', at = 0, sampleRate = RATE, value = ramp } = {}) =>
    sink.write({
      samples: Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, n) => value(n)),
      sampleRate,
      channels: 1,
      segment,
      at,
      last: true,
    })
  return { clock, sink, sent, starts, write, most: () => most, seconds: () => sent.length / rate }
}

const ramp = (n: number) => n / 10_000

describe('sound for somebody elsewhere', () => {
  it('is sent at once up to the lead, and then as it is heard', async () => {
    const { clock, write, seconds, starts, most } = scene()
    const written = write(2)
    await settle()
    expect(seconds()).toBeCloseTo(Math.floor(LEAD / BLOCK) * BLOCK, 6)
    let isDone = false
    void written.then(() => (isDone = true))
    await clock.pass((2 - LEAD) * 1000 - BLOCK * 1000)
    expect(isDone).toBe(false)
    await clock.pass(2 * BLOCK * 1000)
    expect([isDone, seconds(), starts]).toEqual([true, 2, [0]])
    expect(most()).toBeLessThanOrEqual(LEAD + 1e-6)
  })

  it('counts as heard when it has had the time, and each reply begins anew', async () => {
    const { clock, sink, write, starts } = scene()
    void write(0.3)
    await settle()
    let isHeard = false
    void sink
      .writeSilence(0.1)
      .then(() => sink.flush())
      .then(() => (isHeard = true))
    await clock.pass(350)
    expect([isHeard, sink.heard]).toEqual([false, { segment: 'a', at: expect.closeTo(0.35, 2) }])
    await clock.pass(60)
    expect([isHeard, sink.heard]).toEqual([true, { segment: 'a', at: expect.closeTo(0.4, 6) }])
    void write(0.1, { segment: 'b' })
    await settle()
    expect(starts).toEqual([0, 400])
    await clock.pass(50)
    expect(sink.heard).toEqual({ segment: 'b', at: expect.closeTo(0.05, 3) })
  })

  it('that is broken off is not sent any more, and it is known what was heard', async () => {
    const { clock, sink, write, sent, starts } = scene()
    const written = write(2)
    const flushed = written.then(() => sink.flush())
    await clock.pass(1_000)
    expect(sink.interrupt()).toEqual({ segment: 'a', at: expect.closeTo(1, 2) })
    const before = sent.length
    await expect(written).rejects.toMatchObject({ code: 'cancelled' })
    await expect(flushed).rejects.toMatchObject({ code: 'cancelled' })
    await clock.pass(5_000)
    expect([sent.length, sink.heard]).toEqual([before, undefined])
    void write(0.1)
    await settle()
    expect(starts).toEqual([0, before])
  })

  it('that is held goes on at the same sample, and nothing counts as heard meanwhile', async () => {
    const { clock, sink, write, sent } = scene()
    const written = write(1)
    await clock.pass(200)
    sink.hold(true)
    const before = sent.length
    // What is on its way is still heard.
    await clock.pass(1_000)
    const heard = sink.heard
    expect([sent.length, heard]).toEqual([before, { segment: 'a', at: expect.closeTo(before / RATE, 6) }])
    await clock.pass(5_000)
    expect(sink.heard).toEqual(heard)
    sink.hold(false)
    await clock.pass(2_000)
    await written
    expect(sent).toEqual(Array.from(Float32Array.from({ length: RATE }, (_, n) => ramp(n))))
  })

  it('that is held before its first sample does not begin', async () => {
    const { clock, sink, write, starts } = scene()
    sink.hold(true)
    void write(0.1)
    await clock.pass(1_000)
    expect(starts).toEqual([])
    sink.hold(false)
    await settle()
    expect(starts).toEqual([0])
  })

  it('is softer from what is sent next on, without a jump', async () => {
    const { clock, sink, write, sent } = scene()
    void write(2, { value: () => 1 })
    await clock.pass(500)
    const before = sent.length
    sink.duck(0.25)
    await clock.pass(500)
    sink.duck(1)
    await clock.pass(1_500)
    expect(new Set(sent.slice(0, before))).toEqual(new Set([1]))
    expect(Math.min(...sent)).toBeCloseTo(0.25, 6)
    expect(sent.at(-1)).toBe(1)
    const jumps = sent.slice(1).map((sample, n) => Math.abs(sample - sent[n]!))
    expect(Math.max(...jumps)).toBeLessThan(0.05)
  })

  it('follows the player where that tells how far it is', async () => {
    const { clock, sink, write, seconds } = scene()
    void write(3)
    await settle()
    for (let played = 0; played < 500; played += 50) {
      // Half as fast as the clock.
      sink.report(played)
      await clock.pass(100)
      expect(seconds()).toBeLessThanOrEqual(played / RATE + LEAD + 1e-6)
    }
    expect(sink.heard).toEqual({ segment: 'a', at: expect.closeTo(0.45, 6) })
    // One that falls silent is taken to play on.
    await clock.pass(REPORT_LASTS - 100)
    expect(sink.heard!.at).toBeCloseTo(0.45, 2)
    await clock.pass(300)
    expect(sink.heard!.at).toBeCloseTo(0.75, 2)
    // It can't have played what it has not got, nor take back what it has heard.
    sink.report(1_000_000)
    const { at } = sink.heard!
    expect(at).toBeLessThanOrEqual(seconds() + 1e-6)
    sink.report(0)
    expect(sink.heard!.at).toBe(at)
  })

  it('comes at the rate that was agreed on', async () => {
    const { clock, sink, write, seconds } = scene(8_000)
    const tone = (n: number) => Math.sin((2 * Math.PI * 440 * n) / 24_000)
    void write(1, { sampleRate: 24_000, value: tone }).then(() => sink.flush())
    await clock.pass(3_000)
    expect(seconds()).toBeCloseTo(1, 2)
  })
})
