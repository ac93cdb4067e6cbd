import { describe, expect, it } from 'vitest'
import { frame, frameHeader, FrameParser, MAX_CONTROL, MAX_PAYLOAD } from './frames.ts'

const parse = (bytes: Buffer, slice: number) => {
  const parser = new FrameParser()
  const contents: { control: boolean; text: string }[] = []
  let text = ''
  for (let at = 0; at < bytes.length; at += slice) {
    for (const piece of parser.feed(bytes.subarray(at, at + slice))) {
      text += piece.bytes.toString('latin1')
      if (!piece.last) continue
      contents.push({ control: piece.control, text })
      text = ''
    }
  }
  return { contents, inside: parser.insideFrame }
}

describe('frames', () => {
  it('are the bytes of the protocol’s examples', () => {
    expect(frame('hello').toString('hex')).toBe('0500000068656c6c6f')
    expect(frame('{}', true).toString('hex')).toBe('020000807b7d')
  })

  it.each([1, 2, 3, 5, 7, 1000])('come out whole from slices of %d bytes', slice => {
    const stream = Buffer.concat([frame('one'), frame(''), frame('{"a":1}', true), frame('', true), frame('three')])
    expect(parse(stream, slice)).toEqual({
      contents: [
        { control: false, text: 'one' },
        { control: false, text: '' },
        { control: true, text: '{"a":1}' },
        { control: true, text: '' },
        { control: false, text: 'three' },
      ],
      inside: false,
    })
  })

  it('say when the bytes end inside one', () => {
    for (let cut = 1; cut < 9; cut++) expect(parse(frame('hello').subarray(0, cut), 1).inside).toBe(true)
    expect(parse(frame('hello'), 1).inside).toBe(false)
  })

  it('have a limit of each kind', () => {
    const announce = (length: number, control: boolean) => () => {
      const header = Buffer.alloc(4)
      header.writeUInt32LE(control ? length + 0x8000_0000 : length)
      return [...new FrameParser().feed(header)]
    }
    expect(announce(MAX_PAYLOAD, false)).not.toThrow()
    expect(announce(MAX_PAYLOAD + 1, false)).toThrow('over the limit')
    expect(announce(MAX_CONTROL, true)).not.toThrow()
    expect(announce(MAX_CONTROL + 1, true)).toThrow('over the limit')
    expect(() => frameHeader(MAX_PAYLOAD)).not.toThrow()
    expect(() => frameHeader(MAX_PAYLOAD + 1)).toThrow(RangeError)
    expect(() => frameHeader(MAX_CONTROL + 1, true)).toThrow(RangeError)
  })
})
