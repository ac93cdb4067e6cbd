import { expect, it } from 'vitest'
import { sine } from '#dsp/fixtures.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { MAX_RECORDING_SECONDS, Recording, recordTo } from './record.ts'

const rate = 8_000

async function samplesOf(recording: Recording): Promise<Int16Array> {
  return new Int16Array(await recording.pcm().arrayBuffer())
}

async function* pieces(samples: Float32Array, size: number): AsyncGenerator<SoundChunk, void, undefined> {
  for (let at = 0; at < samples.length; at += size) {
    yield { samples: samples.slice(at, at + size), sampleRate: rate, channels: 1 }
  }
}

it('keeps each sample that it passes on, over many pieces', async () => {
  // Longer than two pieces, in chunks that fit no border.
  const input = sine(440, rate, 130 * rate + 77, 0.9)
  const recording = new Recording()
  const passed: number[] = []
  for await (const { samples } of recordTo(recording, pieces(input, 171))) passed.push(...samples)
  expect(Float32Array.from(passed)).toEqual(input)
  const kept = await samplesOf(recording)
  expect(kept).toHaveLength(input.length)
  expect(recording).toMatchObject({ sampleRate: rate, seconds: input.length / rate })
  for (let n = 0; n < input.length; n++) {
    if (Math.abs(kept[n]! / 32_768 - input[n]!) > 1 / 65_000) expect.fail(`sample ${n}`)
  }
})

it('leaves out what comes while it is paused, for its reader too', async () => {
  const input = Float32Array.from({ length: 10 }, (_, n) => n / 16)
  const recording = new Recording()
  const passed: number[] = []
  let n = 0
  for await (const { samples } of recordTo(
    recording,
    (async function* () {
      for await (const chunk of pieces(input, 1)) {
        if (n === 3) recording.pause()
        if (n === 7) recording.resume()
        n += 1
        yield chunk
      }
    })(),
  )) {
    passed.push(samples[0]! * 16)
  }
  expect(passed).toEqual([0, 1, 2, 7, 8, 9])
  expect([...(await samplesOf(recording))].map(sample => sample / 2048)).toEqual(passed)
})

it('can be read while it goes on; overload is cut off, two channels and other rates become its own', async () => {
  const recording = new Recording()
  recording.add({ samples: Float32Array.of(2, -2, NaN), sampleRate: rate, channels: 1 })
  expect([...(await samplesOf(recording))]).toEqual([32_767, -32_768, 0])
  recording.add({ samples: Float32Array.of(0.5, 0), sampleRate: rate, channels: 2 })
  expect((await samplesOf(recording))[3]).toBe(8192)
  recording.add({ samples: sine(440, 48_000, 48_000, 0.5), sampleRate: 48_000, channels: 1 })
  expect(recording.seconds).toBeGreaterThan(0.97)
  expect(recording.seconds).toBeLessThan(1.01)
})

it('ends at four hours with everything kept, and not a sample before', async () => {
  // One frame a second is enough to count hours.
  const chunk = (frames: number): SoundChunk => ({ samples: new Float32Array(frames), sampleRate: 1, channels: 1 })
  const recording = new Recording()
  recording.add(chunk(MAX_RECORDING_SECONDS))
  expect(recording.seconds).toBe(MAX_RECORDING_SECONDS)
  expect(() => recording.add(chunk(1))).toThrow(expect.objectContaining({ code: 'quota' }))
  expect(await samplesOf(recording)).toHaveLength(MAX_RECORDING_SECONDS)
})
