import { describe, expect, it } from 'vitest'
import { firstJoin, formatType, joinTypes, outputFor, parseType, parseTypes, type MediaType } from './media-types.ts'

const type = (text: string): MediaType => parseType(text) ?? expect.unreachable(text)
const shown = (found: MediaType | undefined) => found && formatType(found)

it.each([
  ['Text/Plain; charset=UTF-8', 'text/plain'],
  ['audio/pcm;rate=24000', 'audio/pcm;rate=24000;format=s16le'],
  ['*/*', '*/*'],
  ['audio/*', 'audio/*'],
])('%s is read as %s', (text, expected) => expect(formatType(type(text))).toBe(expected))

it.each(['', 'text', '*/plain', 'text/plain;', 'text/plain;rate', 'text/plain;a=b c'])('%j is no type', text =>
  expect(parseType(text)).toBeUndefined(),
)

describe('two types', () => {
  it.each([
    ['text/plain', 'text/plain', 'text/plain'],
    ['text/plain', 'text/*', 'text/plain'],
    ['text/*', 'text/markdown', 'text/markdown'],
    ['*/*', 'audio/*', 'audio/*'],
    ['audio/*', '*/*', 'audio/*'],
    ['audio/pcm;rate=24000;channels=1', 'audio/pcm', 'audio/pcm;rate=24000;channels=1;format=s16le'],
    ['audio/pcm', 'audio/pcm;rate=8000', 'audio/pcm;format=s16le;rate=8000'],
  ])('%s and %s mean %s', (a, b, expected) => expect(shown(joinTypes(type(a), type(b)))).toBe(expected))

  it.each([
    ['text/plain', 'audio/pcm'],
    ['text/*', 'audio/*'],
    ['audio/pcm;rate=24000', 'audio/pcm;rate=22050'],
    ['audio/pcm', 'audio/pcm;format=f32le'],
  ])('%s and %s do not match', (a, b) => expect(joinTypes(type(a), type(b))).toBeUndefined())

  it('of lists: the first that is written counts, then the first that is read', () => {
    const written = parseTypes(['audio/pcm;rate=24000', 'audio/pcm;rate=24000;format=f32le'])
    expect(shown(firstJoin(written, parseTypes(['audio/pcm;format=f32le', 'audio/pcm'])))).toBe(
      'audio/pcm;rate=24000;format=s16le',
    )
    expect(firstJoin(written, parseTypes(['text/plain']))).toBeUndefined()
    expect(firstJoin([], written)).toBeUndefined()
  })
})

it.each([
  ['audio/mpeg', 'audio/pcm;rate=24000', 'audio/mpeg'],
  ['audio/pcm', 'audio/pcm;rate=24000', 'audio/pcm;rate=24000;format=s16le'],
  ['audio/*', 'audio/wav', 'audio/wav'],
  ['audio/*', 'text/plain', undefined],
  ['*/*', 'text/plain', 'text/plain'],
])('%s made of %s is %s', (output, input, expected) => {
  expect(shown(outputFor(type(output), type(input)))).toBe(expected)
})
