import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { g2pData } from '../../../tests/fixtures/g2p-data.ts'
import { KOKORO_SYMBOLS } from './alphabet.ts'
import { createEnglish } from './english.ts'
import type { AnalyseOptions, Analysis, Phonemizer } from './phonemizer.ts'

let english: Phonemizer
beforeAll(async () => {
  english = await createEnglish(g2pData)
})

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../tests/fixtures/${name}`, import.meta.url)), 'utf8')
    .trim()
    .split('\n')
const us = (text: string, options: Partial<AnalyseOptions> = {}): Analysis =>
  english.analyse(text, { lang: 'en-us', ...options })
const say = (text: string) => us(text).phonemes

/** Edits between two strings of symbols (Levenshtein). */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = [...b.keys(), b.length]
  a.forEach((symbol, i) => {
    const next = [i + 1]
    b.forEach((other, j) =>
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + Number(symbol !== other))),
    )
    row = next
  })
  return row[b.length] ?? 0
}

function errorRate(pairs: readonly (readonly [ours: string, theirs: string])[]): number {
  const symbols = (text: string) => [...text.replace(/\s+/g, ' ').trim()]
  const errors = pairs.reduce((sum, [ours, theirs]) => sum + distance(symbols(ours), symbols(theirs)), 0)
  return errors / pairs.reduce((sum, [, theirs]) => sum + symbols(theirs).length, 0)
}

describe('against other readings', () => {
  it('stays within 4 % of the reviewed reading of forty hard sentences, and within 10 % of misaki’s', () => {
    const misaki = fixture('g2p-en-us.jsonl').map(line => JSON.parse(line) as { text: string; misaki: string })
    const reviewed = new Map(
      fixture('g2p-en-us-reviewed.jsonl').map(line => {
        const { text, phonemes } = JSON.parse(line) as { text: string; phonemes: string }
        return [text, phonemes] as const
      }),
    )
    expect(errorRate(misaki.map(({ text, misaki: theirs }) => [say(text), theirs]))).toBeLessThan(0.1)
    expect(errorRate(misaki.map(({ text, misaki: theirs }) => [say(text), reviewed.get(text) ?? theirs]))).toBeLessThan(
      0.04,
    )
  })

  it('reads at least 95 of 100 heteronyms as the sentence asks', () => {
    let right = 0
    let all = 0
    for (const line of fixture('heteronyms-en-us.txt')) {
      const wanted: { at: number; phonemes: string }[] = []
      let text = ''
      let last = 0
      for (const match of line.matchAll(/([\p{L}']+)\{([^}]+)\}/gu)) {
        text += line.slice(last, match.index)
        wanted.push({ at: text.length, phonemes: match[2] ?? '' })
        text += match[1] ?? ''
        last = match.index + match[0].length
      }
      text += line.slice(last)
      const { words } = us(text)
      for (const { at, phonemes } of wanted) {
        all++
        if (words.find(word => word.from === at)?.phonemes === phonemes.replaceAll('ɾ', 'T')) right++
      }
    }
    expect(all).toBeGreaterThan(200)
    expect(right / all).toBeGreaterThan(0.95)
  })
})

describe('words', () => {
  it.each([
    ['small words by the next sound', 'The apple, the pear, to eat, to go, a hat.', 'ði ˈæpᵊl, ðə pˈɛɹ, tʊ ˈit, tə ɡˌO, ɐ hˈæt.'],
    ['a letter is not an article', 'Vitamin A. Plan A works.', 'vˈITəmən ˈA. plˈæn ˈA wˈɜɹks.'],
    ['a pause brings the full form', 'What for, and where to?', 'wˌʌt fɔɹ, ænd wˌɛɹ tu?'],
    ['regular forms', 'Kittens meowed, blogging.', 'kˈɪtnz miˈWd, blˈɑɡɪŋ.'],
    ['letters, the last one stressed', 'The FBI and CDs', 'ði ˌɛfbˌiˈI ænd sˌidˈiz'],
    ['words in capitals', 'NASA told US troops', 'nˈæsə tˈOld jˌuˈɛs tɹˈups'],
    ['a shouted sentence', 'THIS IS NOT A DRILL', 'ðɪs ɪz nˌɑt ɐ dɹˈɪl'],
    ['accents', 'café naïve', 'kæfˈA nɑˈiv'],
    ['drawn out', 'sooooo good', 'sˌO ɡˈʊd'],
    ['capitals inside', 'GitHub JSON macOS', 'ɡˈɪthˌʌb ʤˈAsᵊn mˌækˌOˈɛs'],
    ['clitics', "who're there'll", 'hˌuəɹ ðɛɹəl'],
    ['hyphens', 're-read e-mail', 'ɹˌiɹˈid ˈimˌAl'],
  ])('%s', (_, text, phonemes) => expect(say(text)).toBe(phonemes)) // prettier-ignore

  it('says where each pronunciation came from', () => {
    const sources = (text: string) => us(text).words.map(word => word.source)
    expect(sources('The euros, Daenerys!')).toEqual(['lexicon', 'rule', 'punctuation', 'neural', 'punctuation'])
    expect(sources('FBI')).toEqual(['spelled'])
  })

  it('reads names that no list has, with one main stress', () => {
    for (const word of us('Daenerys Targaryen met Kvothe Zzyzx Brkljačić.').words) {
      if (word.source === 'neural') expect(word.phonemes.split('ˈ')).toHaveLength(2)
    }
  })

  it('stays inside the alphabet of the voice', () => {
    const texts = fixture('g2p-en-us.jsonl').map(line => (JSON.parse(line) as { text: string }).text)
    for (const lang of ['en-us', 'en-gb']) {
      for (const text of [...texts, 'Brkljačić, façade & naïveté: 3½ "ætt" Łódź']) {
        for (const symbol of english.analyse(text, { lang }).phonemes) expect(KOKORO_SYMBOLS).toContain(symbol)
      }
    }
  })
})

describe('British English', () => {
  const gb = (text: string) => english.analyse(text, { lang: 'en-gb' }).phonemes
  it('has its own list', () => expect(gb('The new record, rather hot.')).toBe('ðə njˈuː ɹˈɛkɔːd, ɹˈɑːðə hˈɒt.'))
  it('turns what the American speller says', () => {
    expect(gb('Hogwarts Voxloom')).toBe('hˈɔːɡwˌɔːts vˈɒkslˌuːm')
    expect(gb('Grumblewick Targaryen')).not.toMatch(/[ɾTOæᵻ]|ɹ(?= |$)/)
  })
  it('chooses senses too', () => expect(gb('I read lead pipes.')).toBe('ˌI ɹˈɛd lˈɛd pˈIps.'))
})

describe('the user’s own readings', () => {
  it('replaces whole words, in any case unless told, with their possessive', () => {
    const lexicon = [
      { word: 'Voxloom', ipa: 'vˈɑks' },
      { word: 'New York', as: 'the city' },
      { word: 'SQL', as: 'squeal', exactCase: true },
    ]
    expect(us("voxloom's, Voxloomer", { lexicon }).phonemes).toMatch(/^vˈɑksᵻz, /)
    const city = us('In New York now', { lexicon })
    expect(city.phonemes).toBe('ɪn ðə sˈɪTi nˈW')
    expect(city.words.filter(word => word.text === 'New York').map(word => word.source)).toEqual(['user', 'user'])
    expect(us('SQL', { lexicon }).phonemes).toBe('skwˈil')
    expect(us('sql', { lexicon }).phonemes).toBe('sˈikwəl')
  })
  it('takes common IPA and leaves out what the voice cannot say', () => {
    expect(us('tea', { lexicon: [{ word: 'tea', ipa: '/tʃeɪ3g/' }] }).phonemes).toBe('ʧAɡ')
  })
  it('an override wins over a list and says so', () => {
    const { words, phonemes } = us('read it', {
      lexicon: [{ word: 'read', ipa: 'X' }],
      overrides: [{ from: 0, to: 4, ipa: 'ɹˈɛd' }],
    })
    expect(phonemes).toBe('ɹˈɛd ɪt')
    expect(words[0]).toMatchObject({ text: 'read', spoken: 'read', source: 'mark' })
  })
  it('ignores entries without a word, and overrides outside the text', () => {
    const lexicon = [
      { word: ' ', ipa: 'a' },
      { word: 'it', ipa: '' },
      { word: 'a.b*', as: 'c' },
    ]
    expect(
      us('it', {
        lexicon,
        overrides: [
          { from: 9, to: 12, ipa: 'a' },
          { from: 1, to: 1, ipa: 'a' },
        ],
      }).phonemes,
    ).toBe('ɪt')
  })
})

describe('offsets', () => {
  const TEXTS = [
    'It cost $45.50 (£20) on May 4th, at 7:30 p.m.!',
    'Call (212) 555-0142 — “now”… or ½ of 5\'10" at -14°C.',
    'cafe\u0301 ﬁne 你好 👍🏽 a\u0000b don’t ‘quote’ https://example.org/a?b=1.',
    '',
    ' \n\t ',
    '...',
  ]
  /** The same numbers every time (mulberry32). */
  function random(seed: number): () => number {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
    }
  }
  function holds(text: string, analysis: Analysis): void {
    let last = 0
    let phonemeEnd = 0
    for (const word of analysis.words) {
      expect(word.text).toBe(text.slice(word.from, word.to))
      expect(word.from).toBeGreaterThanOrEqual(last)
      expect(word.to).toBeGreaterThan(word.from)
      expect(word.to).toBeLessThanOrEqual(text.length)
      expect(analysis.phonemes.slice(word.phonemeFrom, word.phonemeTo)).toBe(word.phonemes)
      expect(analysis.phonemes.slice(phonemeEnd, word.phonemeFrom)).toMatch(/^ ?$/)
      last = word.from
      phonemeEnd = word.phonemeTo
    }
    expect(analysis.phonemes.length).toBe(phonemeEnd)
    for (const { from, to } of analysis.skipped) {
      expect(from).toBeLessThan(to)
      expect(to).toBeLessThanOrEqual(text.length)
    }
  }
  it.each(TEXTS)('of %j', text => holds(text, us(text)))

  it('of five hundred random texts', () => {
    const next = random(20)
    const pieces = ['$45.50', 'Dr.', 'St.', 'read', "don't", '’', '"', '5/4/2023', '½', '10–20', 'IV', 'e\u0301', '你', '👍🏽', '\u0000', 'p.m.', '-', '—', '...', '(', ')', 'A', 'a', '1,000', 'km', ' ', '  ', '\n', '#1', '@', 'x.y', 'ﬁ', '\u200b', "'s", 'NASA', 'o’clock', ':30', '7'] // prettier-ignore
    for (let round = 0; round < 500; round++) {
      let text = ''
      for (let i = 0; i < 12; i++) text += pieces[Math.floor(next() * pieces.length)] ?? ''
      holds(text, us(text, { lexicon: [{ word: 'read', as: 'two words' }] }))
    }
  })

  it('gives every word of "$45.50" its one stretch', () => {
    const words = us('$45.50').words
    expect(words.map(word => word.spoken)).toEqual(['forty', 'five', 'dollars', 'and', 'fifty', 'cents'])
    expect(new Set(words.map(word => word.text))).toEqual(new Set(['$45.50']))
  })
})

describe('limits', () => {
  it('reads a word of a million letters to its limit, and reports the rest', () => {
    const { words, skipped } = us('a'.repeat(1_000_000))
    expect(words).toHaveLength(1)
    expect(skipped).toEqual([{ from: 200, to: 1_000_000, reason: 'too-long' }])
  })
  it('reports other scripts', () => {
    expect(us('Say 你好 now').skipped).toEqual([{ from: 4, to: 6, reason: 'script' }])
  })
  it('refuses other languages', () => {
    expect(() => us('hola', { lang: 'es' })).toThrowError(SeamError)
  })
  it('says so when the lists are damaged', async () => {
    const damaged = await createEnglish(() => ({ ...g2pData(), usGold: new Uint8Array([123]) }))
    expect(() => damaged.analyse('hi', { lang: 'en-us' })).toThrowError(/cannot be read/)
  })
})
