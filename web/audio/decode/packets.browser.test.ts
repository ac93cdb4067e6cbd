import { describe, expect, it } from 'vitest'
import { frequencyOf } from '#dsp/fixtures.ts'
import { frequencyOfChannel, hear, loudness, noElsewhere, useEncoders } from '../../../tests/support/encoded.ts'
import { MAX_GAP_SECONDS } from './container.ts'
import { openSoundFile } from './open.ts'

const { encoded, run, write } = useEncoders()

describe('what the browser decodes packet by packet', () => {
  it.each([
    ['u8.wav', ['-c:a', 'pcm_u8'], 8_000],
    ['s16.wav', ['-c:a', 'pcm_s16le'], 11_025],
    ['s24.wav', ['-c:a', 'pcm_s24le'], 44_100],
    ['s32.wav', ['-c:a', 'pcm_s32le'], 96_000],
    ['f32.wav', ['-c:a', 'pcm_f32le'], 192_000],
    ['f64.wav', ['-c:a', 'pcm_f64le'], 48_000],
    ['ulaw.wav', ['-c:a', 'pcm_mulaw'], 8_000],
    ['alaw.wav', ['-c:a', 'pcm_alaw'], 8_000],
    ['rf64.wav', ['-rf64', 'always'], 16_000],
    ['a.mp3', ['-b:a', '64k'], 44_100],
    ['a.m4a', ['-c:a', 'aac'], 44_100],
    ['a.aac', ['-c:a', 'aac'], 48_000],
    ['a.ts', ['-c:a', 'aac'], 48_000],
    ['a.flac', [], 96_000],
    ['a.ogg', ['-c:a', 'libvorbis'], 44_100],
    ['a.opus', ['-c:a', 'libopus'], 48_000],
    ['a.webm', ['-c:a', 'libopus'], 48_000],
    ['a.mkv', ['-c:a', 'flac'], 32_000],
    ['a.mov', ['-c:a', 'pcm_s16be'], 22_050],
  ])('%s', async (name, args, rate) => {
    const file = await openSoundFile(await encoded(name, args, { rate }), noElsewhere)
    expect(file).toMatchObject({ channels: 1, sampleRate: rate, video: false })
    const { left, sampleRate } = await hear(file)
    expect(sampleRate).toBe(rate)
    if (file.duration !== undefined) expect(Math.abs(file.duration - 3)).toBeLessThan(0.1)
    expect(Math.abs(left.length / rate - 3)).toBeLessThan(0.1)
    expect(frequencyOf(left.subarray(rate, 2 * rate), rate)).toBeCloseTo(300, 0)
    expect(Math.abs(loudness(left, 300, rate) - 0.5)).toBeLessThan(0.03)
    file.close()
  })

  it('keeps two channels apart, and mixes six to two', async () => {
    const stereo = await hear(await openSoundFile(await encoded('a.flac', [], { channels: 2 }), noElsewhere))
    expect(loudness(stereo.left, 300, 48_000)).toBeCloseTo(0.5, 2)
    expect(loudness(stereo.left, 400, 48_000)).toBeCloseTo(0, 2)
    expect(loudness(stereo.right, 400, 48_000)).toBeCloseTo(0.5, 2)
    // Encoders and decoders of each kind have their own order of channels; all mean the same ones.
    for (const [name, ...args] of [['a.wav'], ['a.flac'], ['a.m4a', '-c:a', 'aac', '-b:a', '400k']] as const) {
      const file = await openSoundFile(await encoded(name, args, { channels: 6 }), noElsewhere)
      expect(file.channels).toBe(2)
      const { left, right } = await hear(file)
      const gains = (side: Float32Array) =>
        [0, 1, 2, 4, 5].map(n => loudness(side, frequencyOfChannel(n), 48_000) / 0.5)
      for (const [side, expected] of [
        [left, [0.414, 0, 0.293, 0.293, 0]],
        [right, [0, 0.414, 0.293, 0, 0.293]],
      ] as const) {
        gains(side).forEach((gain, n) => expect(Math.abs(gain - expected[n]!), `${name} ${n}`).toBeLessThan(0.03))
      }
    }
  })

  it('takes the first of two tracks, or the one that is the default', async () => {
    const one = await encoded('one.flac', [], { channels: 2, only: 0 })
    const two = await encoded('two.flac', [], { channels: 2, only: 1 })
    await write('one.flac', new Uint8Array(await one.arrayBuffer()))
    await write('two.flac', new Uint8Array(await two.arrayBuffer()))
    const both = ['-i', 'one.flac', '-i', 'two.flac', '-map', '0:a', '-map', '1:a', '-c', 'copy']
    const first = await hear(await openSoundFile(await run('both.mkv', [...both, '-disposition:a', '0'])))
    expect(loudness(first.left, 300, 48_000)).toBeCloseTo(0.5, 2)
    const second = await hear(
      await openSoundFile(await run('both.mkv', [...both, '-disposition:a:0', '0', '-disposition:a:1', 'default'])),
    )
    expect(loudness(second.right, 400, 48_000)).toBeCloseTo(0.5, 2)
    expect(loudness(second.left, 300, 48_000)).toBeCloseTo(0, 2)
  })

  describe('keeps the file’s own times', () => {
    /** Pictures from the start, and sound from `seconds` on. */
    async function late(seconds: number): Promise<Blob> {
      await write('frames.raw', new Uint8Array(64 * 64 * 1.5 * 10))
      const pictures = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '10', '-i', 'frames.raw']
      return encoded('late.mkv', ['-c:v', 'libvpx', '-c:a', 'flac', '-map', '0:v', '-map', '1:a'], {
        inputs: [...pictures, '-itsoffset', `${seconds}`],
        rate: 8_000,
      })
    }

    it('a track that begins late begins late', async () => {
      const file = await openSoundFile(await late(1.5), noElsewhere)
      expect(file.video).toBe(true)
      const { left, sampleRate } = await hear(file)
      const onset = left.findIndex(sample => Math.abs(sample) > 0.1) / sampleRate
      expect(Math.abs(onset - 1.5)).toBeLessThan(0.05)
      expect(Math.abs(left.length / sampleRate - 4.5)).toBeLessThan(0.1)
    })

    it('a clock that jumps by more than ten minutes is not believed', async () => {
      const most = await hear(await openSoundFile(await late(MAX_GAP_SECONDS), noElsewhere))
      expect(Math.abs(most.left.length / 8_000 - MAX_GAP_SECONDS - 3)).toBeLessThan(0.1)
      const more = await hear(await openSoundFile(await late(MAX_GAP_SECONDS + 1), noElsewhere))
      expect(Math.abs(more.left.length / 8_000 - 3)).toBeLessThan(0.1)
    })
  })
})
