import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modelPath } from '../../../../tests/support/models.ts'
import { readVocabulary, spell } from './tokenizer.ts'
import { spelledWords } from './words.ts'

const file = new Uint8Array(readFileSync(modelPath('moonshine-tiny-en', 'tokenizer.bin')))
const vocabulary = readVocabulary(file)
const idOf = new Map(vocabulary.map((bytes, id) => [bytes ? Buffer.from(bytes).toString('latin1') : '', id]))
/** The longest token first, as far as there is one: not how the makers do it, and the same text. */
function tokensOf(text: string): number[] {
  const bytes = Buffer.from(`▁${text.replaceAll(' ', '▁')}`).toString('latin1')
  const tokens: number[] = []
  for (let at = 0; at < bytes.length;) {
    let length = bytes.length - at
    while (!idOf.has(bytes.slice(at, at + length))) length--
    tokens.push(idOf.get(bytes.slice(at, at + length))!)
    at += length
  }
  return tokens
}

describe('the vocabulary', () => {
  it('spells what tokens say, letters that are spread over several included', () => {
    for (const text of ['Ever tried? Ever failed.', 'naïve 🦀 café', 'It costs $3.50 — “no matter”.']) {
      expect(spell(tokensOf(text), vocabulary).text).toBe(text)
    }
  })

  it('shows neither marks nor what the makers reserved', () => {
    const reserved = vocabulary.length - 1
    expect(spell([1, ...tokensOf('so it is'), reserved, 2, 0], vocabulary).text).toBe('so it is')
  })

  it('keeps one blank between words and none around them', () => {
    const blanks = idOf.get(Buffer.from('▁▁').toString('latin1'))!
    const tab = 12
    expect(spell([blanks, ...tokensOf('a'), blanks, tab, ...tokensOf('b'), blanks], vocabulary).text).toBe('a b')
  })

  it('is the same from a list in JSON', () => {
    const vocab: Record<string, number> = { '<unk>': 0, '<s>': 1, '</s>': 2 }
    for (let byte = 0; byte < 256; byte++) {
      vocab[`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`] = byte + 3
    }
    vocabulary.forEach((bytes, id) => {
      if (bytes && id > 258) vocab[Buffer.from(bytes).toString('utf8')] = id
    })
    const json = new TextEncoder().encode(JSON.stringify({ model: { vocab } }))
    const tokens = tokensOf('naïve 🦀 café, and so on')
    expect(spell(tokens, readVocabulary(json))).toEqual(spell(tokens, vocabulary))
  })

  it.each([
    ['ends in the middle of a token', file.subarray(0, file.length - 3)],
    ['is empty', new Uint8Array(0)],
    ['is no list', new TextEncoder().encode('{"model":null}')],
  ])('says so when the file %s', (_, bytes) => {
    expect(() => readVocabulary(bytes)).toThrow(expect.objectContaining({ code: 'engine' }))
  })
})

describe('words', () => {
  it('stand without their punctuation, each with the tokens that wrote it', () => {
    const spelling = spell(tokensOf('“Well, don’t pay $3.50 - or 5%!”'), vocabulary)
    const words = spelledWords(spelling)
    expect(words.map(({ text }) => text)).toEqual(['Well', 'don’t', 'pay', '$3.50', 'or', '5%'])
    for (const { text, from, to, firstToken, endToken } of words) {
      expect(spelling.text.slice(from, to)).toBe(text)
      const begins = firstToken === 0 ? 0 : spelling.ends[firstToken - 1]!
      expect(begins).toBeLessThanOrEqual(from)
      expect(spelling.ends[firstToken]).toBeGreaterThan(from)
      expect(spelling.ends[endToken - 1]).toBeGreaterThanOrEqual(to)
    }
  })
})
