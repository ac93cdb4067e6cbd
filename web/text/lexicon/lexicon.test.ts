import { expect, test } from 'vitest'
import type { LexiconEntry } from '#protocol/speech.ts'
import { applies } from './lexicon.ts'

const words = (list: readonly (string | LexiconEntry)[], text: string, lang = 'en-us') =>
  applies(
    list.map(item => (typeof item === 'string' ? { word: item, as: 'x' } : item)),
    text,
    lang,
  ).map(entry => entry.word)

test('whole words only', () => {
  expect(words(['Ann', 'Anna'], "Ann's friend Ann-Marie")).toEqual(['Ann'])
  expect(words(['Ann'], 'Anna and Joann')).toEqual([])
  expect(words(['cat'], 'cat1 cat_ caté')).toEqual(['cat'])
  expect(words(['é'], 'cafe\u0301 e\u0301')).toEqual(['é'])
})

test('case counts only where the entry says so', () => {
  expect(words(['polish'], 'Polish POLISH')).toEqual(['polish'])
  expect(words([{ word: 'Polish', as: 'x', exactCase: true }], 'polish it')).toEqual([])
  expect(words([{ word: 'Polish', as: 'x', exactCase: true }], 'a Polish cat')).toEqual(['Polish'])
})

test('phrases, marks, apostrophes, order of the list', () => {
  expect(words(['C++', '.NET', 'New York', '→', "O'Neil", 'missing'], 'O’Neil: new york → .net, C++.')).toEqual([
    'C++',
    '.NET',
    'New York',
    '→',
    "O'Neil",
  ])
  expect(words(['New York'], 'New Yorker')).toEqual([])
})

test('without spaces words stand anywhere', () => {
  expect(words(['東京', 'Tokyo'], '私は東京に住む', 'ja')).toEqual(['東京'])
  expect(words(['東京'], '私は東京に住む', 'en-us')).toEqual([])
})

test('letters that fold to two shift nothing', () => {
  expect(words(['Ann', 'istanbul'], 'İİİ Ann istanbul')).toEqual(['Ann', 'istanbul'])
})

test('nothing of nothing', () => {
  expect(words([], 'text')).toEqual([])
  expect(words(['a'], '')).toEqual([])
  expect(words(['  '], 'a b')).toEqual([])
})

test('a hundred times the entries cost about the same for each sentence', () => {
  const cost = (count: number) => {
    const entries = Array.from({ length: count }, (_, n) => ({ word: `name${n}`, as: 'x' }))
    const text = 'The quick brown name7 jumps over the lazy name5 and goes home to sleep again.'
    applies(entries, text, 'en-us')
    return Math.min(
      ...Array.from({ length: 4 }, () => {
        const began = performance.now()
        for (let n = 0; n < 1000; n++) expect(applies(entries, text, 'en-us').length).toBe(2)
        return performance.now() - began
      }),
    )
  }
  cost(100)
  expect(cost(10_000) / cost(100)).toBeLessThan(10)
})
