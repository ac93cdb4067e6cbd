import { describe, expect, it } from 'vitest'
import type { Voice } from '#protocol/speech.ts'
import { readText, TEXT_LIMIT } from './text.ts'
import { parseVoice, voiceName } from '../core/voice.ts'

async function* pieces(...parts: (string | number[])[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from(part)
}

describe('readText', () => {
  it('joins characters that fall between two pieces, and drops NUL', async () => {
    expect(await readText('-', { input: pieces([0xe2, 0x82], [0xac], '\0 a') })).toBe('€ a')
    expect(await readText('a\0b')).toBe('ab')
  })

  it('takes just the limit, and not one character more', async () => {
    const text = 'a'.repeat(TEXT_LIMIT)
    expect(await readText('-', { input: pieces(text) })).toHaveLength(TEXT_LIMIT)
    expect(await readText(text)).toHaveLength(TEXT_LIMIT)
    await expect(readText('-', { input: pieces(text, 'b') })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(readText(`${text}b`)).rejects.toMatchObject({ code: 'bad-input' })
  })

  it.each([
    ['', []],
    [' \n\t', []],
    ['\0\0', []],
    ['-', []],
    ['-', ['\0\n']],
  ])('finds no text in %j %j', async (given, input) => {
    await expect(readText(given, { input: pieces(...input) })).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('says that the input is not text', async () => {
    await expect(readText('-', { input: pieces([0xff, 0xfe, 0x00]) })).rejects.toThrow('not UTF-8')
    await expect(readText('-', { input: pieces([0xe2, 0x82]) })).rejects.toThrow('not UTF-8')
  })

  it('stops waiting when it is cancelled', async () => {
    const never: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    }
    await expect(readText('-', { input: never, signal: AbortSignal.timeout(20) })).rejects.toThrow()
  })
})

describe('parseVoice', () => {
  const voice = (id: string, name: string): Voice => ({ id, name, lang: 'en-us', gender: 'female' })
  const voices = [voice('af_heart', 'Heart'), voice('bf_emma', 'Emma')]

  it.each([
    ['af_heart', [['af_heart', 1]]],
    [
      'af_heart:0.7,bf_emma:0.3',
      [
        ['af_heart', 0.7],
        ['bf_emma', 0.3],
      ],
    ],
    [
      ' af_heart , bf_emma:3 ',
      [
        ['af_heart', 0.25],
        ['bf_emma', 0.75],
      ],
    ],
  ])('reads %j', (text, expected) => {
    const blend = parseVoice(text, voices)
    expect(blend.map(({ id }) => id)).toEqual(expected.map(([id]) => id))
    blend.forEach(({ weight }, at) => expect(weight).toBeCloseTo(expected[at]![1] as number, 12))
  })

  it.each([
    '',
    'af_heart:',
    'af_heart:0',
    'af_heart:-1',
    'af_heart:NaN',
    'af_heart:Infinity',
    'af_heart:1:2',
    'af_heart,af_heart',
    'af_heart,',
  ])('refuses %j', text => {
    expect(() => parseVoice(text, voices)).toThrow()
  })

  it.each(['af_hart', 'Heart', 'AF_HEART'])('knows whom %j means', text => {
    expect(() => parseVoice(text, voices)).toThrow('Did you mean “af_heart”?')
  })

  it('writes a blend as it is read', () => {
    expect(voiceName(parseVoice('af_heart:2,bf_emma:1', voices))).toBe('af_heart:0.667,bf_emma:0.333')
    expect(voiceName(parseVoice('af_heart:5', voices))).toBe('af_heart')
  })
})
