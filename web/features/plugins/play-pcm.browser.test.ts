import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frequencyOf, loudest, sine } from '#dsp/fixtures.ts'
import type { SpeakerPlayer } from '../../audio/sink.ts'
import { type Tap, tap } from '../../audio/tap.ts'
import type { PcmFormat } from './pcm.ts'
import { AHEAD, leftOut, openPcmPlayer, playPcm, RESERVE } from './play-pcm.ts'

const rate = 24_000
const mono: PcmFormat = { rate, channels: 1, format: 's16le' }
const live: PcmFormat = { ...mono, live: true }

let player: SpeakerPlayer
let recorder: Tap
let abort: AbortController

beforeEach(() => (abort = new AbortController()))
afterEach(async () => {
  abort.abort()
  recorder.stop()
  await player.close()
})

async function open(format: PcmFormat): Promise<void> {
  player = await openPcmPlayer(format)
  recorder = await tap(player.output)
  await player.play()
}

/** A tone as 16-bit samples, the same on every channel. */
function tone(frequency: number, seconds: number, channels = 1): Uint8Array<ArrayBuffer> {
  const samples = new Int16Array(Math.round(seconds * rate) * channels)
  sine(frequency, rate, samples.length / channels, 16_000).forEach((sample, n) =>
    samples.fill(sample, n * channels, (n + 1) * channels),
  )
  return new Uint8Array(samples.buffer)
}

/** A stream that brings what `send` is given. */
function line() {
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  let isCancelled = false
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: given => void (controller = given),
    cancel: () => void (isCancelled = true),
  })
  return {
    body,
    send: (bytes: Uint8Array<ArrayBuffer>) => controller.enqueue(bytes),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError('network error')),
    get isCancelled() {
      return isCancelled
    },
  }
}

/** What was heard between the first sample that is not silent and the last. */
function sounded(): Float32Array {
  const all = recorder.recorded()
  return all.subarray(
    all.findIndex(sample => Math.abs(sample) > 1e-4),
    all.findLastIndex(sample => Math.abs(sample) > 1e-4) + 1,
  )
}
const secondsOf = (samples: Float32Array) => samples.length / recorder.sampleRate
const heardAll = () => expect.poll(() => loudest(recorder.recorded().subarray(-2000))).toBe(0)

describe('sound that is made faster than it is heard', () => {
  it.each([1, 2, 6])('is played whole, however the stream is cut, with %i channels', async channels => {
    const format = { ...mono, channels }
    await open(format)
    const { body, send, end } = line()
    const bytes = tone(500, 1, channels)
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 9973) {
      send(bytes.slice(at, at + size))
    }
    end()
    await playPcm(player, format, body, abort.signal)
    await heardAll()
    const heard = sounded()
    expect(secondsOf(heard)).toBeCloseTo(1, 1)
    expect(frequencyOf(heard.subarray(2000, -2000), recorder.sampleRate)).toBeCloseTo(500, 0)
    expect([player.slipped, player.resyncs]).toEqual([0, 0])
  })

  it('is held back, and let go of when nobody listens any more', async () => {
    await open(mono)
    let sent = 0
    let isCancelled = false
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        sent += 0.5
        controller.enqueue(tone(500, 0.5))
      },
      cancel: () => void (isCancelled = true),
    })
    const playing = playPcm(player, mono, body, abort.signal)
    await expect.poll(() => player.heard?.at ?? 0).toBeGreaterThan(0.5)
    // The ring, the piece that waits for room in it, and the two that the stream has ready.
    expect(sent - player.heard!.at).toBeLessThan(AHEAD + 2)
    expect(player.slipped).toBe(0)
    abort.abort()
    await playing
    expect([isCancelled, player.state]).toEqual([true, 'idle'])
  })

  it('is told of when it breaks off', async () => {
    await open(mono)
    const { body, send, fail } = line()
    const playing = playPcm(player, mono, body, abort.signal)
    send(tone(500, 0.2))
    await expect.poll(() => player.heard?.at ?? 0).toBeGreaterThan(0)
    fail()
    await expect(playing).rejects.toThrow('network error')
  })
})

describe('live sound', () => {
  it('begins where it is now', async () => {
    await open(live)
    const { body, send, end } = line()
    for (let n = 0; n < 20; n++) send(tone(300, 0.5))
    send(tone(600, RESERVE))
    const playing = playPcm(player, live, body, abort.signal)
    await expect.poll(() => player.heard?.at ?? 0).toBeGreaterThan(RESERVE / 2)
    end()
    await playing
    await heardAll()
    const heard = sounded()
    expect(secondsOf(heard)).toBeLessThan(1.5 * RESERVE)
    expect(frequencyOf(heard.subarray(2000, -4000), recorder.sampleRate)).toBeCloseTo(600, 0)
    expect(leftOut(player)).toBe(0)
  })

  it('is caught up with when the connection has stood still, and what was left out is told', async () => {
    await open(live)
    const { body, send, end } = line()
    const playing = playPcm(player, live, body, abort.signal)
    send(tone(300, RESERVE))
    await expect.poll(() => player.underruns).toBe(1)
    send(tone(600, 2))
    await expect.poll(() => player.resyncs).toBe(1)
    expect(leftOut(player)).toBeCloseTo(2 - RESERVE, 1)
    end()
    await playing
    expect(player.heard?.at).toBeCloseTo(RESERVE + 2, 6)
  })

  it('that is shorter than what should wait is heard all the same', async () => {
    await open(live)
    const { body, send, end } = line()
    send(tone(300, RESERVE / 2))
    end()
    await playPcm(player, live, body, abort.signal)
    expect(player.heard?.at).toBeCloseTo(RESERVE / 2, 6)
  })

  it('ends when nobody listens any more, though nothing comes', async () => {
    await open(live)
    const wire = line()
    wire.send(tone(300, RESERVE / 2))
    const playing = playPcm(player, live, wire.body, abort.signal)
    await expect.poll(() => player.state).toBe('starved')
    abort.abort()
    await playing
    expect([wire.isCancelled, player.heard, player.state]).toEqual([true, undefined, 'idle'])
  })
})
