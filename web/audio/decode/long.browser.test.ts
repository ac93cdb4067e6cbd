import { describe, expect, it, vi } from 'vitest'
import { sine } from '#dsp/fixtures.ts'
import { noElsewhere, useEncoders } from '../../../tests/support/encoded.ts'
import { openSoundFile } from './open.ts'

const { encoded } = useEncoders()

describe('three hours', () => {
  const hours = 3
  const rate = 2_000
  /** 8-bit PCM: a minute of tone, again and again. */
  async function long(): Promise<Blob> {
    const minute = Uint8Array.from(sine(300, rate, 60 * rate, 100), sample => 128 + sample)
    const short = await encoded('head.wav', ['-c:a', 'pcm_u8', '-bitexact'], { rate, seconds: 1 })
    const head = new Uint8Array(await short.slice(0, 44).arrayBuffer())
    const bytes = hours * 60 * minute.length
    new DataView(head.buffer).setUint32(4, bytes + 36, true)
    new DataView(head.buffer).setUint32(40, bytes, true)
    const piece = new Blob([minute])
    return new Blob([head, ...Array.from({ length: hours * 60 }, () => piece)])
  }

  it('flow through to the last sample, and say how far they are', async () => {
    const file = await openSoundFile(await long(), noElsewhere)
    expect(file.duration).toBe(hours * 3600)
    let frames = 0
    let last = 0
    const onProgress = vi.fn(({ done, total }: { done: number; total?: number }) => {
      expect(done).toBeGreaterThanOrEqual(last)
      expect(total).toBe(hours * 3600)
      last = done
    })
    for await (const { samples } of file.sound({ onProgress })) frames += samples.length
    expect(frames).toBe(hours * 3600 * rate)
    expect(last).toBe(hours * 3600)
    file.close()
  })

  it('end at once when they are not wanted any more', async () => {
    const file = await openSoundFile(await long(), noElsewhere)
    const controller = new AbortController()
    let chunks = 0
    const reading = (async () => {
      for await (const _chunk of file.sound({ signal: controller.signal })) if (++chunks === 3) controller.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(chunks).toBe(3)
    // It can be read again, and closing it ends whoever reads.
    const sound = file.sound()[Symbol.asyncIterator]()
    expect((await sound.next()).done).toBe(false)
    file.close()
    const rest = async () => {
      while (!(await sound.next()).done);
    }
    await expect(rest()).rejects.toMatchObject({ code: 'cancelled' })
  })
})
