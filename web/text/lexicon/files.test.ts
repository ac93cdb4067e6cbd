import { expect, test } from 'vitest'
import { parseCsv, writeCsv } from './csv.ts'
import { lexiconToCsv, lexiconToJson, MAX_LEXICON_FILE, parseLexicon } from './files.ts'
import { entryProblem, MAX_LEXICON_ENTRIES, MAX_LEXICON_TEXT } from './validate.ts'

const entries = [
  { word: 'Nguyen', ipa: 'wˈɪn' },
  { word: 'Polish, the', as: 'say "it"', exactCase: true },
  { word: '=SUM', as: 'sum' },
]

test('JSON and CSV round trips', () => {
  expect(parseLexicon(lexiconToJson(entries))).toEqual({ entries, problems: [] })
  expect(parseLexicon(lexiconToCsv(entries))).toEqual({ entries, problems: [] })
  expect(parseLexicon('\ufeff' + lexiconToCsv(entries))).toEqual({ entries, problems: [] })
})

test('a bare array, a headless table, semicolons, other column orders', () => {
  expect(parseLexicon('[{"word":"a","as":"b"}]').entries).toEqual([{ word: 'a', as: 'b' }])
  expect(parseLexicon('a,b\nc,d').entries).toEqual([
    { word: 'a', as: 'b' },
    { word: 'c', as: 'd' },
  ])
  expect(parseLexicon('ipa;word\nwˈɪn;Nguyen\n').entries).toEqual([{ word: 'Nguyen', ipa: 'wˈɪn' }])
})

test('CSV fields keep quotes, line ends and separators', () => {
  const rows = [
    ['a"b', 'c\r\nd', ' e ', ''],
    ['', ',', ';', '\t'],
  ]
  expect(parseCsv(writeCsv(rows))).toEqual(rows)
  expect(parseCsv('"open')).toEqual([['open']])
  expect(parseCsv('a,')).toEqual([['a', '']])
})

test('bad rows are named and the rest is kept', () => {
  const { entries, problems } = parseLexicon('word,as\na,b\n,c\nd,\nA,z\n')
  expect(entries).toEqual([{ word: 'A', as: 'z' }])
  expect(problems.map(problem => problem.row)).toEqual([3, 4, 5])
  for (const { message } of problems) expect(message).toMatch(/[.]$/)
  expect(parseLexicon('[1, null, {"word": 3}]').problems).toHaveLength(3)
})

test('what is no lexicon is refused with a sentence', () => {
  expect(() => parseLexicon('{broken')).toThrow(/not valid JSON/)
  expect(() => parseLexicon('{"a":1}')).toThrow(/no list of lexicon entries/)
})

test('limits: at each, and one past it', () => {
  expect(entryProblem({ word: 'a'.repeat(MAX_LEXICON_TEXT), as: 'b' })).toBeUndefined()
  expect(entryProblem({ word: 'a'.repeat(MAX_LEXICON_TEXT + 1), as: 'b' })).toMatch(/longer than 200/)
  const many = (count: number) =>
    parseLexicon(JSON.stringify(Array.from({ length: count }, (_, n) => ({ word: `w${n}`, as: 'x' }))))
  expect(many(MAX_LEXICON_ENTRIES).problems).toEqual([])
  expect(many(MAX_LEXICON_ENTRIES + 1).problems).toHaveLength(1)
  expect(many(MAX_LEXICON_ENTRIES + 1).entries).toHaveLength(MAX_LEXICON_ENTRIES)
  const file = 'a,b\n'.padEnd(MAX_LEXICON_FILE, '\n')
  expect(parseLexicon(file).entries).toHaveLength(1)
  expect(() => parseLexicon(file + '\n')).toThrow(/split it/)
})

test.each([
  { word: 'a\nb', as: 'c' },
  { word: 'a', as: 5 },
  { word: 'a', as: ' ' },
  { word: 'a', as: 'b', exactCase: 'x' },
])('entry %j is refused with a sentence', entry => expect(entryProblem(entry)).toMatch(/[.]$/))
