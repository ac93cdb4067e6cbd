import { describe, expect, it } from 'vitest'
import { formatMediaType, isSettled, joinTypes, outputFor, parseMediaType } from './media-type.ts'

const joined = (a: string, b: string) => {
  const type = joinTypes(parseMediaType(a), parseMediaType(b))
  return type && formatMediaType(type)
}
const written = (output: string, input: string) => {
  const type = outputFor(parseMediaType(output), parseMediaType(input))
  return type && formatMediaType(type)
}

describe('parsing', () => {
  it('takes names in any case, spaces and parameters', () => {
    expect(formatMediaType(parseMediaType('Audio/PCM; Channels=1 ;rate=24000'))).toBe(
      'audio/pcm;rate=24000;channels=1;format=s16le',
    )
    expect(formatMediaType(parseMediaType('text/plain;charset=UTF-8'))).toBe('text/plain')
  })

  it.each([
    '',
    'text',
    'text/',
    '/plain',
    'text/plain;',
    'text/plain;rate',
    'a b/c',
    '*/plain',
    'audio/pcm;rate=0',
    'text/plain;__proto__=1',
  ])('refuses “%s” in a sentence', text => expect(() => parseMediaType(text)).toThrow(/^“.*\.$/))

  it('knows the two formats of samples', () => {
    expect(() => parseMediaType('audio/pcm;format=f32le')).not.toThrow()
    expect(() => parseMediaType('audio/pcm;format=s24le')).toThrow('s16le and f32le')
  })
})

describe('matching', () => {
  it.each([
    ['text/plain', 'text/plain', 'text/plain'],
    ['audio/pcm', 'audio/pcm;rate=24000', 'audio/pcm;rate=24000;format=s16le'],
    ['audio/pcm;rate=24000', 'audio/pcm;channels=2', 'audio/pcm;rate=24000;channels=2;format=s16le'],
    ['audio/pcm;rate=24000', 'audio/pcm;rate=16000', undefined],
    ['audio/pcm', 'audio/pcm;format=f32le', undefined],
    ['audio/*', 'audio/mpeg', 'audio/mpeg'],
    ['*/*', 'text/plain', 'text/plain'],
    ['audio/*', 'text/plain', undefined],
    ['text/plain', 'text/html', undefined],
    // What every object has is no parameter.
    ['text/plain;constructor=1', 'text/plain', 'text/plain;constructor=1'],
  ])('%s with %s: %s', (a, b, expected) => {
    expect(joined(a, b)).toBe(expected)
    expect(joined(b, a)).toBe(expected)
  })
})

describe('what a plugin writes', () => {
  it.each([
    ['audio/pcm', 'audio/pcm;rate=24000;channels=1', 'audio/pcm;rate=24000;channels=1;format=s16le'],
    ['audio/pcm;rate=48000', 'audio/pcm;rate=24000;channels=1', 'audio/pcm;rate=48000;channels=1;format=s16le'],
    ['*/*', 'text/plain', 'text/plain'],
    ['audio/*', 'text/plain', undefined],
    ['audio/mpeg', 'audio/pcm;rate=24000;channels=1', 'audio/mpeg'],
  ])('%s from %s: %s', (output, input, expected) => expect(written(output, input)).toBe(expected))

  it('leaves nothing open in a handshake', () => {
    expect(isSettled(parseMediaType('audio/pcm;rate=24000'))).toBe(false)
    expect(isSettled(parseMediaType('audio/pcm;rate=24000;channels=1'))).toBe(true)
    expect(isSettled(parseMediaType('audio/*'))).toBe(false)
  })
})
