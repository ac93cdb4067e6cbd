import { FFmpeg } from '@ffmpeg/ffmpeg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { frequencyOf, seeded, sine } from '#dsp/fixtures.ts'
import { openSoundFile } from '../../audio/decode/open.ts'
import type { SoundFile } from '../../audio/decode/types.ts'
import { loadCore } from './core.ts'
import { openWithFfmpeg, SECTION_SECONDS } from './sound.ts'

let ffmpeg: FFmpeg
beforeAll(async () => {
  ffmpeg = new FFmpeg()
  await loadCore(ffmpeg)
})
afterAll(() => ffmpeg.terminate())

/** Encodes `samples` of one channel. */
async function encoded(
  name: string,
  samples: Float32Array<ArrayBuffer>,
  rate: number,
  ...args: string[]
): Promise<Blob> {
  // A copy: what is written there is gone here.
  await ffmpeg.writeFile('in.raw', new Uint8Array(samples.slice().buffer))
  expect(await ffmpeg.exec(['-f', 'f32le', '-ar', `${rate}`, '-ac', '1', '-i', 'in.raw', ...args, name])).toBe(0)
  const bytes = (await ffmpeg.readFile(name)) as Uint8Array<ArrayBuffer>
  await ffmpeg.deleteFile(name)
  return new Blob([bytes])
}

async function hear(file: SoundFile): Promise<Float32Array> {
  const parts: number[] = []
  for await (const { samples, sampleRate, channels } of file.sound()) {
    expect([sampleRate, channels]).toEqual([file.sampleRate, file.channels])
    for (const sample of samples) parts.push(sample)
  }
  return Float32Array.from(parts)
}

it('gives every sample of a file of several sections, once', async () => {
  const random = seeded(3)
  const rate = 8_000
  const input = Float32Array.from({ length: (2 * SECTION_SECONDS + 7) * rate + 123 }, () => random() - 0.5)
  const whole = await encoded('a.aiff', input, rate, '-c:a', 'pcm_s16be')
  const file = await openWithFfmpeg(whole)
  expect(file).toMatchObject({ sampleRate: rate, channels: 1, video: false })
  expect(Math.abs(file.duration! - input.length / rate)).toBeLessThan(0.02)
  const heard = await hear(file)
  expect(heard).toHaveLength(input.length)
  for (let n = 0; n < input.length; n++) {
    if (Math.abs(heard[n]! - input[n]!) > 1e-4) expect.fail(`sample ${n} is ${heard[n]} and should be ${input[n]}`)
  }
  file.close()
})

it.each([
  ['a.ac3', ['-c:a', 'ac3']],
  ['a.wma', ['-c:a', 'wmav2']],
  ['a.avi', ['-c:a', 'adpcm_ms']],
  ['a.caf', ['-c:a', 'alac']],
  ['a.mp2', ['-c:a', 'mp2']],
])('reads %s over the end of a section', async (name, args) => {
  const rate = 44_100
  const seconds = SECTION_SECONDS + 3
  const file = await openSoundFile(await encoded(name, sine(440, rate, seconds * rate, 0.5), rate, ...args), {
    ffmpeg: openWithFfmpeg,
  })
  const heard = await hear(file)
  expect(Math.abs(heard.length / file.channels / rate - seconds)).toBeLessThan(0.1)
  const mono = heard.filter((_, n) => n % file.channels === 0)
  expect(frequencyOf(mono.subarray(rate, 2 * rate), rate)).toBeCloseTo(440, 0)
  // Where one section ends and the next begins the tone goes on without a step.
  const seam = mono.subarray((SECTION_SECONDS - 0.5) * rate, (SECTION_SECONDS + 0.5) * rate)
  const steepest = seam.reduce((most, sample, n) => (n ? Math.max(most, Math.abs(sample - seam[n - 1]!)) : 0), 0)
  expect(steepest).toBeLessThan(((2 * Math.PI * 440) / rate) * 0.5 * 1.5)
  file.close()
})

it('finds out what is no sound, and pictures without', async () => {
  await expect(openWithFfmpeg(new Blob(['no sound at all'.repeat(99)]))).rejects.toMatchObject({
    code: 'bad-input',
    details: { reason: 'not-sound' },
  })
  await ffmpeg.writeFile('frames.raw', new Uint8Array(64 * 64 * 1.5 * 10))
  await ffmpeg.exec(['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '10', '-i', 'frames.raw', 'a.avi'])
  const mute = new Blob([(await ffmpeg.readFile('a.avi')) as Uint8Array<ArrayBuffer>])
  await expect(openSoundFile(mute, { ffmpeg: openWithFfmpeg })).rejects.toMatchObject({
    code: 'bad-input',
    details: { reason: 'no-sound' },
  })
})

it('ends in the middle of a section when it is cancelled, and begins again when asked', async () => {
  const rate = 8_000
  const file = await openWithFfmpeg(await encoded('a.aiff', sine(300, rate, 3 * rate), rate))
  const controller = new AbortController()
  const reading = Array.fromAsync(file.sound({ signal: controller.signal }))
  controller.abort()
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  expect(await hear(file)).toHaveLength(3 * rate)
  file.close()
  await expect(openWithFfmpeg(new Blob(['x']), { signal: controller.signal })).rejects.toMatchObject({
    code: 'cancelled',
  })
})
