import createModule from '@echogarden/espeak-ng-emscripten'
import { beforeAll, describe, expect, it } from 'vitest'
import { KOKORO_SYMBOLS } from './alphabet.ts'
import { createEspeakReader, ESPEAK_VOICES } from './espeak.ts'
import { wrapEspeak } from './espeak-module.ts'
import type { Phonemizer } from './phonemizer.ts'

describe('languages that eSpeak reads', () => {
  let reader: Phonemizer
  beforeAll(async () => {
    reader = createEspeakReader(wrapEspeak(await createModule()))
  })

  it.each([
    ['fr', 'Bonjour, le monde est beau.', 'bɔ̃ʒˈuʁ, lə mˈɔ̃d ɛ bˈo.'],
    ['es', 'Hola, ¿cómo estás?', 'ˈola, kˈomo estˈas?'],
    ['it', 'Buongiorno a tutti.', 'bʊonʤˈɔrno a tˈutːɪ.'],
    ['pt-br', 'Bom dia.', 'bˈoŋ ʤˈiæ.'],
    ['hi', 'नमस्ते दुनिया।', 'nəmˈʌsteː dˈʊnɪjˌaː'],
  ])('%s: %s', (lang, text, phonemes) => {
    expect(reader.analyse(text, { lang }).phonemes).toBe(phonemes)
  })

  it.each([
    ['fr', 'Les enfants ont 21 ans, dit-on ; « voilà » !'],
    ['es', 'Son las 7:30 y el 50 % llegó — ¿de verdad?'],
    ['it', 'L’amica dell’aereo costa 3,50 €.'],
    ['pt-br', 'Às 8h15 não há ninguém (ainda).'],
    ['hi', 'यह 25 किताबें हैं, है ना?'],
  ])('words of %s stand where the text has them, in symbols that the voice knows', (lang, text) => {
    const { words, phonemes } = reader.analyse(text, { lang })
    let last = 0
    for (const { text: shown, from, to, phonemes: sounds, phonemeFrom, phonemeTo } of words) {
      expect(text.slice(from, to)).toBe(shown)
      expect(phonemes.slice(phonemeFrom, phonemeTo)).toBe(sounds)
      expect(from).toBeGreaterThanOrEqual(last)
      last = to
    }
    expect([...phonemes].filter(symbol => !KOKORO_SYMBOLS.has(symbol))).toEqual([])
    expect(words.length).toBeGreaterThan(4)
  })

  it('takes the user’s own pronunciations and leaves out what it can’t read', () => {
    const lexicon = [{ word: 'Voxloom', ipa: 'vɔkslˈum' }]
    const { phonemes, skipped } = reader.analyse('Voxloom parle 🙂 avec Привет.', { lang: 'fr', lexicon })
    expect(phonemes).toMatch(/^vɔkslˈum pˈaʁl/)
    expect(skipped.map(({ reason }) => reason)).toEqual(['emoji', 'script'])
  })

  it('reads an endless word in part, an empty text as nothing, and refuses other languages by name', () => {
    const { skipped, words } = reader.analyse('a'.repeat(100_000), { lang: 'es' })
    expect(words).toHaveLength(1)
    expect(skipped).toEqual([{ from: 200, to: 100_000, reason: 'too-long' }])
    expect(reader.analyse('', { lang: 'es' })).toMatchObject({ phonemes: '', words: [] })
    expect(() => reader.analyse('Guten Tag', { lang: 'de' })).toThrow(/not “de”/)
    expect(reader.languages).toEqual(Object.keys(ESPEAK_VOICES))
  })
})
