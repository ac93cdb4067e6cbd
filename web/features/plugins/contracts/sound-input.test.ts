import { expect, it } from 'vitest'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { bytesIn, samplesIn } from './result-bytes.ts'
import { gatherSound, MAX_RECORDING, MAX_SECONDS } from './sound-input.ts'

/** A tone in chunks of a second. */
async function* tone(seconds: number, sampleRate: number, channels: 1 | 2 = 1): AsyncGenerator<SoundChunk> {
  for (let at = 0; at < seconds; at++) {
    const frames = Math.round(Math.min(1, seconds - at) * sampleRate)
    const samples = new Float32Array(frames * channels)
    for (let n = 0; n < samples.length; n++) {
      samples[n] = 0.5 * Math.sin((Math.floor(n / channels) * 440 * 2 * Math.PI) / sampleRate)
    }
    yield { samples, sampleRate, channels }
  }
}
const heard = (value: Awaited<ReturnType<typeof gatherSound>>) => samplesIn(bytesIn({ ...value })[0]!)!

it('any sound becomes what recognisers hear: 16 kHz, mono, 16 bits', async () => {
  const value = await gatherSound(tone(2, 44_100, 2), 'song.mp3')
  expect(value).toMatchObject({ mime: 'audio/wav', label: 'song.mp3', seconds: expect.closeTo(2, 2) })
  const { format, bytes } = heard(value)
  expect(format).toEqual({ rate: 16_000, channels: 1, format: 's16le' })
  const samples = new Int16Array(bytes.slice().buffer)
  const loudest = samples.reduce((top, sample) => Math.max(top, Math.abs(sample)), 0)
  expect(loudest / 32_767).toBeCloseTo(0.5, 1)
})

/** Nothing to be heard, in chunks of a minute. */
async function* silence(minutes: number, more = 0): AsyncGenerator<SoundChunk> {
  for (let at = 0; at < minutes; at++) yield { samples: new Float32Array(60 * 16_000), sampleRate: 16_000, channels: 1 }
  if (more > 0) yield { samples: new Float32Array(more), sampleRate: 16_000, channels: 1 }
}

it('takes two minutes of a file, and no sample more', async () => {
  expect((await gatherSound(silence(MAX_SECONDS / 60), 'all')).seconds).toBe(MAX_SECONDS)
  await expect(gatherSound(silence(MAX_SECONDS / 60, 1), 'more')).rejects.toMatchObject({ code: 'bad-input' })
})

it('a recording that was forgotten ends after a minute', async () => {
  expect((await gatherSound(silence(MAX_RECORDING / 60), 'said', MAX_RECORDING)).seconds).toBe(MAX_RECORDING)
  expect((await gatherSound(silence(MAX_RECORDING / 60, 1), 'said', MAX_RECORDING)).seconds).toBe(MAX_RECORDING)
})

it('says when there is no sound', async () => {
  await expect(gatherSound(tone(0, 16_000), 'empty.wav')).rejects.toMatchObject({ code: 'bad-input' })
})
