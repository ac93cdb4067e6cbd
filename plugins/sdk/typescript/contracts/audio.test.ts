import { describe, expect, it } from 'vitest'
import { pcm, readSound } from './audio.ts'
import { untilStop } from './stop-sequences.ts'

/** A WAV file of such a format, whose size of data is not to be believed. */
function wav(tag: number, bits: number, channels: number, data: Buffer, extra = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt16LE(tag, 0)
  head.writeUInt16LE(channels, 2)
  head.writeUInt32LE(16_000, 4)
  head.writeUInt16LE(bits, 14)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(head.length + extra.length)
  return Buffer.concat([
    Buffer.from('RIFF\xff\xff\xff\xffWAVELIST\x03\0\0\0abc\0fmt ', 'latin1'),
    size,
    head,
    extra,
    Buffer.from('data\xff\xff\xff\xff', 'latin1'),
    data,
  ])
}
const shorts = Buffer.from(Int16Array.of(16_384, -16_384, 0, 32_767).buffer)
const floats = Buffer.from(Float32Array.of(0.5, -0.5, 0, 1).buffer)

describe('sound', () => {
  it('comes back as it was given', () => {
    const samples = Float32Array.of(0, 0.25, -1)
    expect(readSound(pcm(samples, 16_000))).toEqual({ samples, rate: 16_000 })
  })

  it.each([
    ['16 bits', wav(1, 16, 1, shorts), [0.5, -0.5, 0, 32_767 / 32_768]],
    ['floats', wav(3, 32, 1, floats), [0.5, -0.5, 0, 1]],
    ['two channels, which are mixed', wav(3, 32, 2, floats), [0, 0.5]],
    [
      'the extensible form',
      wav(0xfffe, 16, 1, shorts.subarray(0, 2), Buffer.from('160010000000000001000000', 'hex')),
      [0.5],
    ],
    ['a sample cut short', wav(1, 16, 1, shorts.subarray(0, 3)), [0.5]],
  ])('is read from WAV of %s', (_, bytes, samples) => {
    expect(readSound({ mime: 'audio/wav', bytes })).toEqual({ samples: Float32Array.from(samples), rate: 16_000 })
  })

  it.each([
    ['audio/wav', wav(1, 24, 1, shorts)],
    ['audio/wav', Buffer.from('RIFF')],
    ['audio/wav', Buffer.from('<html>nothing of the kind')],
    ['audio/wav', wav(1, 16, 1, shorts).subarray(0, 40)],
    ['audio/mpeg', shorts],
    ['audio/pcm', shorts],
    ['audio/pcm;rate=16000;channels=1', shorts.subarray(0, 3)],
  ])('that can’t be read is refused by its type: %s', (mime, bytes) => {
    expect(() => readSound({ mime, bytes })).toThrow(
      expect.objectContaining({ code: 1101, message: expect.stringContaining(mime) }),
    )
  })
})

describe('a reply', () => {
  const TEXT = 'One. Two.\nUser: three'
  const cut = async (size: number, ...stops: string[]) => {
    let taken = 0
    const pieces = async function* () {
      for (let at = 0; at < TEXT.length; at += size) {
        taken = at + size
        yield TEXT.slice(at, at + size)
      }
    }
    const said: string[] = []
    for await (const piece of untilStop(pieces(), stops)) said.push(piece)
    expect(said).not.toContain('')
    return { said: said.join(''), taken }
  }

  it.each([1, 2, 3, 100])('ends before the first stop sequence, in pieces of %d', async size => {
    expect((await cut(size, '\nUser:', 'Two')).said).toBe('One. ')
    expect((await cut(size, '\nUser:')).said).toBe('One. Two.')
    expect((await cut(size, '\nAgent:', '')).said).toBe(TEXT)
    expect((await cut(size)).said).toBe(TEXT)
  })

  it('is not made any further', async () => {
    expect((await cut(1, '.')).taken).toBe(4)
  })
})
