import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { frame } from './frames.ts'
import { FrameInput } from './input.ts'

const START = frame('{"protocol":"0.1"}')

function feed(bytes: Buffer, slice = bytes.length): FrameInput {
  const source = new PassThrough()
  const input = new FrameInput(source)
  for (let at = 0; at < bytes.length; at += slice) source.write(bytes.subarray(at, at + slice))
  source.end()
  return input
}

const all = async (chunks: AsyncIterable<Buffer>) => Buffer.concat(await Array.fromAsync(chunks)).toString()

describe('the input', () => {
  it.each([1, 3, 4, 100])('is the same in slices of %d bytes', async slice => {
    const input = feed(Buffer.concat([START, frame('sea '), frame(''), frame('shells')]), slice)
    expect((await input.handshake()).toString()).toBe('{"protocol":"0.1"}')
    expect(await all(input.payload())).toBe('sea shells')
    expect(input.signal.aborted).toBe(false)
  })

  it('may be empty', async () => {
    expect(await all(feed(START).payload())).toBe('')
  })

  it('goes on where its last reader stopped', async () => {
    const input = feed(Buffer.concat([START, frame('x'.repeat(300_000)), frame('end')]))
    let first = 0
    for await (const bytes of input.payload()) {
      first = bytes.length
      break
    }
    expect(first + (await all(input.payload())).length).toBe(300_003)
  })

  it('leaves out control frames', async () => {
    expect(await all(feed(Buffer.concat([START, frame('a'), frame('{}', true), frame('b')])).payload())).toBe('ab')
  })

  it('reads no more than a little ahead', async () => {
    const source = new PassThrough()
    const input = new FrameInput(source)
    source.write(START)
    let given = 0
    const piece = frame(Buffer.alloc(65_536))
    while (given < 64 * 65_536 && source.write(piece)) {
      given += 65_536
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(given).toBeLessThan(32 * 65_536)
    source.end()
    expect((await all(input.payload())).length).toBeGreaterThanOrEqual(given)
  })

  it('aborts when it ends in the middle of a frame', async () => {
    for (const bytes of [
      START.subarray(0, 2),
      START.subarray(0, 8),
      Buffer.concat([START, frame('sea').subarray(0, 5)]),
    ]) {
      const input = feed(bytes)
      await expect(all(input.payload())).rejects.toMatchObject({ name: 'HostGone' })
      expect(input.signal.aborted).toBe(true)
    }
  })

  it('refuses what is no handshake', async () => {
    await expect(feed(frame('{}', true)).handshake()).rejects.toMatchObject({ code: 'BAD_HANDSHAKE' })
    await expect(feed(frame('x'.repeat(1_048_577))).handshake()).rejects.toMatchObject({ code: 'BAD_HANDSHAKE' })
    expect((await feed(frame('x'.repeat(1_048_576))).handshake()).length).toBe(1_048_576)
  })

  it('refuses a frame over the limit', async () => {
    const input = feed(Buffer.concat([START, Buffer.from([1, 0, 0x80, 0])]))
    await expect(all(input.payload())).rejects.toMatchObject({ code: 'BAD_FRAME' })
  })
})

describe('text', () => {
  it('keeps characters whole over frame borders', async () => {
    const text = 'Grüße, 世界 👋🏽!'
    const frames = [...Buffer.from(text)].map(byte => frame(Buffer.of(byte)))
    const slices = await Array.fromAsync(feed(Buffer.concat([START, ...frames]), 3).text())
    expect(slices.join('')).toBe(text)
  })

  it('is refused when it is not UTF-8, in the middle or at the end', async () => {
    for (const bytes of ['61ff62', '61e4b8']) {
      const input = feed(Buffer.concat([START, frame(Buffer.from(bytes, 'hex'))]))
      await expect(Array.fromAsync(input.text())).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining('not valid UTF-8'),
      })
    }
  })
})
