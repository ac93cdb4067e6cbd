import { describe, expect, it } from 'vitest'
import { frequencyOf } from '#dsp/fixtures.ts'
import { hear, noElsewhere, useEncoders } from '../../../tests/support/encoded.ts'
import { MAX_DAMAGED_PLACES } from './container.ts'
import { openSoundFile } from './open.ts'

const { encoded, run, write } = useEncoders()

describe('what is wrong with files', () => {
  const refusal = (file: Blob, options = {}) =>
    openSoundFile(file, options).then(
      () => expect.fail('It was opened.'),
      (error: unknown) => error,
    )

  it('nothing, no sound, pictures alone', async () => {
    expect(await refusal(new Blob([]))).toMatchObject({ code: 'bad-input', details: { reason: 'empty' } })
    const words = new Blob(['A letter, and no sound at all. '.repeat(1000)], { type: 'text/plain' })
    expect(await refusal(words, noElsewhere)).toMatchObject({ code: 'bad-input', details: { reason: 'not-sound' } })
    await write('frames.raw', new Uint8Array(64 * 64 * 1.5 * 10))
    const frames = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '10', '-i', 'frames.raw']
    for (const name of ['mute.mp4', 'mute.webm']) {
      const mute = await run(name, frames)
      expect(await refusal(mute, noElsewhere)).toMatchObject({ code: 'bad-input', details: { reason: 'no-sound' } })
    }
  })

  it('an MP3 and a WAV that were cut off are read to where they were cut', async () => {
    for (const [name, ...args] of [['cut.mp3', '-b:a', '64k'], ['cut.wav'], ['cut.aac']] as const) {
      const whole = await encoded(name, args, { seconds: 10 })
      const file = await openSoundFile(whole.slice(0, Math.round(whole.size * 0.6) + 1), noElsewhere)
      const { left, sampleRate } = await hear(file)
      expect(Math.abs(left.length / sampleRate - 6), name).toBeLessThan(0.5)
      expect(frequencyOf(left.subarray(sampleRate, 2 * sampleRate), sampleRate)).toBeCloseTo(300, 0)
    }
  })

  it('a hole in the middle leaves the rest where it was', async () => {
    const whole = await encoded('hole.m4a', ['-c:a', 'aac', '-b:a', '96k'], { seconds: 20 })
    const from = Math.round(whole.size * 0.4)
    const random = crypto.getRandomValues(new Uint8Array(3000))
    const file = await openSoundFile(new Blob([whole.slice(0, from), random, whole.slice(from + random.length)]))
    const { left, sampleRate } = await hear(file)
    expect(Math.abs(left.length / sampleRate - 20)).toBeLessThan(0.2)
    for (const second of [1, 5, 14, 18]) {
      const part = left.subarray(second * sampleRate, (second + 1) * sampleRate)
      expect(frequencyOf(part, sampleRate), `at ${second} s`).toBeCloseTo(300, 0)
    }
  })

  it('too many holes are the end, after what came before', async () => {
    const whole = await encoded('holes.m4a', ['-c:a', 'aac', '-b:a', '96k'], { seconds: 40 })
    const from = Math.round(whole.size * 0.3)
    const perSecond = (whole.size - 1000) / 40
    const hole = (seconds: number) => {
      const bytes = new Uint8Array(Math.round(seconds * perSecond)).fill(0xff)
      return new Blob([whole.slice(0, from), bytes, whole.slice(from + bytes.length)])
    }
    // Half a second is left out at each place.
    const file = await openSoundFile(hole(MAX_DAMAGED_PLACES * 0.5 - 2))
    expect(Math.abs((await hear(file)).left.length / 48_000 - 40)).toBeLessThan(0.2)
    const sound = (await openSoundFile(hole(MAX_DAMAGED_PLACES * 0.5 + 2))).sound()[Symbol.asyncIterator]()
    let seconds = 0
    const rest = async () => {
      for (;;) seconds += (await sound.next()).value!.samples.length / 48_000
    }
    await expect(rest()).rejects.toMatchObject({ code: 'bad-input', details: { reason: 'damaged' } })
    expect(seconds).toBeGreaterThan(9)
  })

  it('a WAV that says it is empty, or endless, is read whole', async () => {
    const whole = new Uint8Array(await (await encoded('a.wav', ['-bitexact'])).arrayBuffer())
    const view = new DataView(whole.buffer)
    const size = whole.findIndex((_, n) => view.getUint32(n) === 0x64617461) + 4
    for (const said of [0, 0xffffffff, 0x7ffff000, 1000]) {
      view.setUint32(size, said, true)
      const { left } = await hear(await openSoundFile(new Blob([whole]), noElsewhere))
      expect(left).toHaveLength(3 * 48_000)
    }
  })
})
