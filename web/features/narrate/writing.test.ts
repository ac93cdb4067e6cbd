import { expect, it } from 'vitest'
import { writingProblem } from './writing.ts'

it.each([
  ['Plain words.', 'en-us', undefined],
  ['Café naïve 42', 'en-gb', undefined],
  ['42', 'en-us', undefined],
  ['🎉🎉 — !', 'en-us', 'silent'],
  ['', 'en-us', 'silent'],
  ['مرحبا بالعالم', 'en-us', 'foreign'],
  ['שלום', 'en-us', 'foreign'],
  ['こんにちは、世界', 'en-us', 'foreign'],
  ['こんにちは、せかい', 'ja', undefined],
  ['こんにちは、世界', 'ja', 'kanji'],
  ['The word 世界 is Japanese.', 'en-us', undefined],
  ['Привет', 'en-us', 'foreign'],
  ['a'.repeat(1_000_000), 'en-us', undefined],
] as const)('%.20s for %s: %s', (text, lang, problem) => {
  expect(writingProblem(text, lang)).toBe(problem)
})
