import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { KOKORO_SYMBOLS } from './alphabet.ts'
import { createJapanese } from './japanese.ts'
import { kanaSounds, numberKana } from './kana.ts'

const japanese = createJapanese()
const say = (text: string) => japanese.analyse(text, { lang: 'ja' })

describe('kana', () => {
  it.each([
    ['さくら', 'sakɯɾa'],
    ['シャツ', 'ɕaʦɨ'],
    ['きって', 'kʲiʔte'],
    ['さんぽ', 'sampo'],
    ['まんが', 'maŋɡa'],
    ['こんにゃく', 'koɲɲakɯ'],
    ['ほん', 'hoɴ'],
    ['コーヒー', 'koːçiː'],
    ['とうきょう', 'toːkʲoː'],
    ['せんせい', 'seɴseː'],
    ['ファイル', 'ɸaiɾɯ'],
    ['ティー', 'tʲiː'],
    ['ジェット', 'ʥeʔto'],
    ['ヴァイオリン', 'vaioɾʲiɴ'],
  ])('%s', (kana, sounds) => expect(kanaSounds(kana)).toBe(sounds))
  it('has a sound in the voice’s alphabet for every kana', () => {
    for (let code = 0x3041; code <= 0x3096; code++) {
      const kana = String.fromCharCode(code)
      const sounds = kanaSounds(kana === 'っ' ? 'っか' : kana)
      expect(sounds).not.toBe('')
      for (const symbol of sounds) expect(KOKORO_SYMBOLS).toContain(symbol)
    }
  })
})

describe('numbers', () => {
  it.each([
    ['0', 'ぜろ'],
    ['10', 'じゅう'],
    ['365', 'さんびゃくろくじゅうご'],
    ['8600', 'はっせんろっぴゃく'],
    ['10000', 'いちまん'],
    ['12345678', 'いっせんにひゃくさんじゅうよんまんごせんろっぴゃくななじゅうはち'],
    ['007', 'ぜろぜろなな'],
  ])('%s', (digits, kana) => expect(numberKana(digits)).toBe(kana))
  it('names sixteen digits and reads a seventeenth one by one', () => {
    expect(numberKana('1'.padEnd(16, '0'))).toBe('いっせんちょう')
    expect(numberKana('1'.padEnd(17, '0'))).toBe(`いち${'ぜろ'.repeat(16)}`)
  })
})

describe('sentences', () => {
  it('reads kana and marks, and says は as わ at the end of a word', () => {
    expect(say('こんにちは。わたしは げんき です！').phonemes).toBe('koɲɲiʨiβa. βataɕiβa ɡeŋkʲi desɨ!')
  })
  it('reports kanji and Latin letters, with their place', () => {
    const { words, skipped } = say('東京タワー is たかい')
    expect(words.map(word => word.text)).toEqual(['タワー', 'たかい'])
    expect(skipped).toEqual([
      { from: 0, to: 2, reason: 'kanji' },
      { from: 6, to: 8, reason: 'script' },
    ])
  })
  it('takes readings from the user’s list', () => {
    const { phonemes, skipped } = japanese.analyse('東京タワー', {
      lang: 'ja',
      lexicon: [{ word: '東京', as: 'とうきょう' }],
    })
    expect(phonemes).toBe('toːkʲoː taβaː')
    expect(skipped).toEqual([])
  })
  it('keeps offsets', () => {
    const text = 'ｶﾀｶﾅと ひらがな、「３さい」。'
    const { words, phonemes } = say(text)
    for (const word of words) {
      expect(word.text).toBe(text.slice(word.from, word.to))
      expect(phonemes.slice(word.phonemeFrom, word.phonemeTo)).toBe(word.phonemes)
    }
    expect(words.map(word => word.text).join('')).toBe(text.replace(' ', ''))
  })
  it('refuses other languages', () => {
    expect(() => japanese.analyse('a', { lang: 'en-us' })).toThrowError(SeamError)
  })
})
