import { describe, expect, it, vi } from 'vitest'
import { frequencyOf } from '#dsp/fixtures.ts'
import { hear, noElsewhere, useEncoders } from '../../../tests/support/encoded.ts'
import { openSoundFile } from './open.ts'
import { MAX_WHOLE_BYTES, MAX_WHOLE_SECONDS, openWhole } from './whole.ts'

const { encoded, run, write } = useEncoders()

describe('what the browser can only decode whole', () => {
  it('is decoded so, with its rate made the page’s', async () => {
    // MP3 in WAVE: its parts are not found, but the browser plays it.
    const file = await openSoundFile(await encoded('mp3.wav', ['-c:a', 'libmp3lame', '-b:a', '64k']), noElsewhere)
    expect(file).toMatchObject({ channels: 1, sampleRate: 48_000, video: false })
    const { left, sampleRate } = await hear(file)
    expect(Math.abs(file.duration! - 3)).toBeLessThan(0.1)
    expect(frequencyOf(left.subarray(sampleRate, 2 * sampleRate), sampleRate)).toBeCloseTo(300, 0)
    file.close()
    await expect(hear(file)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('has to fit in memory', async () => {
    const short = await encoded('mp3.wav', ['-c:a', 'libmp3lame', '-b:a', '64k'])
    const padded = (bytes: number) => new Blob([short, new Uint8Array(bytes - short.size)])
    expect((await openWhole(padded(MAX_WHOLE_BYTES)))?.sampleRate).toBe(48_000)
    expect(await openWhole(padded(MAX_WHOLE_BYTES + 1))).toBeUndefined()
  })

  it('stands in where the browser has no decoder of packets, for files up to ten minutes', async () => {
    vi.stubGlobal('AudioDecoder', undefined)
    try {
      const short = await encoded('a.mp3', ['-b:a', '64k', '-ac', '2'])
      const { left } = await hear(await openSoundFile(short, noElsewhere))
      expect(frequencyOf(left.subarray(48_000, 96_000), 48_000)).toBeCloseTo(300, 0)
      // FLAC tells its length exactly; silence takes no room.
      const silence = ['-f', 's16le', '-ar', '8000', '-ac', '1', '-i', 'zero.raw']
      await write('zero.raw', new Uint8Array((MAX_WHOLE_SECONDS + 1) * 16_000))
      const long = await run('long.flac', [...silence, '-t', `${MAX_WHOLE_SECONDS + 1}`])
      await expect(openSoundFile(new Blob([long], { type: 'audio/flac' }))).rejects.toMatchObject({
        code: 'unsupported',
        details: { needs: 'ffmpeg' },
      })
      const most = await run('most.flac', [...silence, '-t', `${MAX_WHOLE_SECONDS}`])
      const file = await openSoundFile(most, noElsewhere)
      expect(file.duration).toBe(MAX_WHOLE_SECONDS)
      file.close()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
