import { describe, expect, it } from 'vitest'
import { languageCode, WHISPER_LANGUAGES } from './languages.ts'
import { mostTokens } from './meta.ts'
import { likeliestLanguage, promptFor, requireLanguage, silenceProbability, suppress } from './prompt.ts'

const many = {
  begin: 10,
  end: 9,
  noTimes: 16,
  languages: new Map([
    ['en', 11],
    ['de', 12],
    ['haw', 13],
  ]),
  transcribe: 14,
  suppressed: [2, 3],
  suppressedFirst: [4, 9],
}
const english = { ...many, languages: new Map<string, number>(), transcribe: undefined }
const logits = (wanted: Readonly<Record<number, number>>) =>
  Float32Array.from({ length: 20 }, (_, token) => wanted[token] ?? 0)
const allowed = (values: Float32Array) => [...values.keys()].filter(token => values[token] !== -Infinity)

describe('how a text begins', () => {
  it('names the language and the work where the model knows several', () => {
    expect(promptFor(many, 'de')).toEqual([10, 12, 14, 16])
    expect(promptFor(english, 'en')).toEqual([10, 16])
  })

  it('is in the language that is likeliest of those there are', () => {
    expect(likeliestLanguage(logits({ 5: 9, 11: 1, 12: 3, 13: 2 }), many)).toBe('de')
    expect(likeliestLanguage(logits({ 5: 9 }), english)).toBeUndefined()
  })

  it('is refused for a language that the model does not know, in words', () => {
    for (const language of [undefined, 'haw']) expect(() => requireLanguage(language, many, 'Whisper')).not.toThrow()
    expect(() => requireLanguage('en', english, 'Whisper')).not.toThrow()
    for (const [tokens, language] of [
      [many, 'tlh'],
      [english, 'de'],
    ] as const) {
      expect(() => requireLanguage(language, tokens, 'Whisper')).toThrow(`Whisper does not understand “${language}”`)
    }
  })
})

describe('what may be written', () => {
  it('is words and the end, and no end at the very beginning', () => {
    expect(allowed(suppress(logits({}), many, false))).toEqual([0, 1, 4, 5, 6, 7, 8, 9])
    expect(allowed(suppress(logits({}), many, true))).toEqual([0, 1, 5, 6, 7, 8])
  })

  it('is known to be nothing as surely as the model says so', () => {
    expect(silenceProbability(logits({ 15: 50 }), many)).toBeCloseTo(1)
    expect(silenceProbability(logits({}), many)).toBeCloseTo(1 / 20)
  })

  it('is no more than people say in that time, and never more than the decoder has places for', () => {
    expect(mostTokens(0)).toBe(8)
    expect(mostTokens(1)).toBe(23)
    expect(mostTokens(14.4)).toBe(224)
    expect(mostTokens(14.5)).toBe(224)
    expect(mostTokens(30)).toBe(224)
  })
})

describe('languages', () => {
  it('are named as the model names them, whatever the region', () => {
    expect(languageCode('de-AT')).toBe('de')
    expect(languageCode('zh_Hant')).toBe('zh')
    expect(languageCode('nb-no')).toBe('no')
    for (const any of [undefined, '', 'mul']) expect(languageCode(any)).toBeUndefined()
  })

  it('are ninety-nine', () => {
    expect(new Set(WHISPER_LANGUAGES).size).toBe(99)
  })
})
