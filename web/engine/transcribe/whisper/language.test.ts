import { describe, expect, it } from 'vitest'
import { HEARING_RATE } from '../recogniser.ts'
import { createWhisper } from './engine.ts'
import type { WhisperModel, WhisperTokens } from './model.ts'

// A model of several languages, as far as the order of questions goes: no package has the weights of one.

const WORDS = ['', ' one', ' two', ' three']
const END = 4
const tokens: WhisperTokens = {
  begin: 5,
  end: END,
  noTimes: 11,
  languages: new Map([
    ['en', 6],
    ['de', 7],
  ]),
  transcribe: 8,
  suppressed: [],
  suppressedFirst: [],
}
const SILENCE = 10

/**
 * Writes the same text again and again.
 * @param heard the language of each stretch, and how likely it is silence @param wish how sure it is of each word
 */
function scripted(text: readonly number[], heard: () => { language?: 'en' | 'de'; silence?: number }, wish = 20) {
  const prompts: (readonly number[])[] = []
  const wanting = (wishes: Readonly<Record<number, number>>) =>
    Float32Array.from({ length: 12 }, (_, token) => wishes[token] ?? 0)
  const model: WhisperModel = {
    tokens,
    heads: [],
    spell: ids => ids.map(id => WORDS[id]).join(''),
    close: async () => {},
    async read() {
      const { language = 'en', silence = -30 } = heard()
      let written = 0
      return {
        async next(given) {
          if (given[0] === tokens.begin) prompts.push(given)
          const last = wanting({ [text[written++ % (text.length + 1)] ?? END]: wish })
          if (given[0] !== tokens.begin) return { logits: [last], attention: [] }
          const first = wanting({ [tokens.languages.get(language)!]: 10, [SILENCE]: silence })
          return { logits: [first, ...given.slice(2).map(() => wanting({})), last], attention: [] }
        },
        restart: () => void (written = 0),
        end: () => {},
      }
    },
  }
  return { recogniser: createWhisper(async () => model), prompts }
}
const sound = Float32Array.from({ length: 2 * HEARING_RATE }, (_, i) => 0.3 * Math.sin(i / 7))

describe('the language', () => {
  it('is found out when nobody names it, and expected of what follows', async () => {
    const languages = ['de', 'de', 'en'] as const
    let stretch = 0
    const { recogniser, prompts } = scripted([1, 2], () => ({ language: languages[stretch++]! }))
    for (const lang of [undefined, 'mul', undefined]) {
      const { text } = await recogniser.recognise(sound, lang === undefined ? {} : { lang })
      expect(text).toBe('one two')
    }
    const [en, de] = [6, 7].map(language => [5, language, 8, 11])
    expect(prompts).toEqual([en, de, de, de, en])
  })

  it('is the one that was named, whatever is heard', async () => {
    const { recogniser, prompts } = scripted([1], () => ({ language: 'en' }))
    expect((await recogniser.recognise(sound, { lang: 'de-at' })).text).toBe('one')
    expect(prompts).toEqual([[5, 7, 8, 11]])
    await expect(recogniser.recognise(sound, { lang: 'fr' })).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('a text', () => {
  it('that goes round in circles is cut, and doubted', async () => {
    const { recogniser } = scripted(
      Array.from({ length: 60 }, (_, at) => 1 + (at % 2)),
      () => ({}),
    )
    const { text, words, doubt } = await recogniser.recognise(sound, { words: true })
    expect(text).toBe('one two')
    expect(words.map(word => word.text)).toEqual(['one', 'two'])
    expect(doubt).toBe('repetition')
  })

  it('that never ends is stopped at what people can say in that time', async () => {
    const endless = Array.from({ length: 300 }, (_, at) => 1 + (Math.floor(at / (1 + (at % 7))) % 3))
    const { recogniser } = scripted(endless, () => ({}))
    expect((await recogniser.recognise(sound)).doubt).toBe('long')
  })

  it('is dropped where nobody speaks, unless it is sure', async () => {
    const sure = scripted([1, 2], () => ({ silence: 40 }))
    expect((await sure.recogniser.recognise(sound)).text).toBe('one two')
    const unsure = scripted([1, 2], () => ({ silence: 40 }), 1.5)
    expect((await unsure.recogniser.recognise(sound)).text).toBe('')
    const spoken = scripted([1, 2], () => ({}), 1.5)
    expect((await spoken.recogniser.recognise(sound)).text).toBe('one two')
    expect((await scripted([], () => ({})).recogniser.recognise(sound)).text).toBe('')
  })
})
