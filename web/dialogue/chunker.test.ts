import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import { FIRST_CLAUSE, FIRST_LONG, LONGEST, SentenceChunker, SHORTEST, type Sentence } from './chunker.ts'

const segmenter = await loadSegmenter()
const chunker = (lang = 'en-us') => new SentenceChunker(segmenter, lang)

function cut(parts: readonly string[], lang?: string): Sentence[] {
  const chunks = chunker(lang)
  return [...parts.flatMap(part => chunks.push(part)), ...chunks.end()]
}
const texts = (sentences: readonly Sentence[]) => sentences.map(({ text }) => text).filter(text => text !== '')
/** What has been given out after each part. */
function streamed(...parts: string[]): string[][] {
  const chunks = chunker()
  return parts.map(part => texts(chunks.push(part)))
}

describe('what follows shows where a sentence ends', () => {
  test.each([
    [
      ['It only costs you $29.', ' Next, the other one.'],
      ['It only costs you $29.', 'Next, the other one.'],
    ],
    [['It only costs you $29.', '99 this week.'], ['It only costs you $29.99 this week.']],
    [
      ['I saw old Dr.', ' Smith. He waved.'],
      ['I saw old Dr. Smith.', 'He waved.'],
    ],
    [
      ['Pi is roughly 3.', '14. It goes on.'],
      ['Pi is roughly 3.14.', 'It goes on.'],
    ],
    [
      ['Take a fruit, e.', 'g. an apple. Eat it.'],
      ['Take a fruit, e.g. an apple.', 'Eat it.'],
    ],
    [
      ['Well, wait… what was', ' that? Nothing at all.'],
      ['Well, wait… what was that?', 'Nothing at all.'],
    ],
    [
      ['Look at example.', 'com today. It is good.'],
      ['Look at example.com today.', 'It is good.'],
    ],
    [
      ['“Go away from here!” Mary', ' Ann said to him. He went away.'],
      ['“Go away from here!” Mary Ann said to him.', 'He went away.'],
    ],
    [
      ['“Go away from here!” Then', ' they were all silent again. So was I.'],
      ['“Go away from here!”', 'Then they were all silent again.', 'So was I.'],
    ],
    [
      ['Buy these today:\n- milk', '\n- bread and butter\n'],
      ['Buy these today:', 'milk', 'bread and butter'],
    ],
    [
      ['これはペンです。', '次は本です。'],
      ['これはペンです。', '次は本です。'],
    ],
  ] as [string[], string[]][])('%j', (parts, wanted) => {
    expect(texts(cut(parts, parts[0]!.startsWith('こ') ? 'ja' : 'en-us'))).toEqual(wanted)
  })

  it('gives a sentence out with the first whole word of the next, not before', () => {
    expect(streamed('That is the price of it.', ' ', 'Nex', 't ', 'one')).toEqual([
      [],
      [],
      [],
      ['That is the price of it.'],
      [],
    ])
  })

  it('does not wait where a paragraph ends', () => {
    expect(streamed('A short heading\n', '\n')).toEqual([[], ['A short heading']])
  })
})

describe('the first clause', () => {
  const words = (length: number) => 'ab '.repeat(length).slice(0, length - 1) + 'c'
  it('comes early, from its shortest length on', () => {
    expect(streamed(`${words(FIRST_CLAUSE - 1)}, `)).toEqual([[`${words(FIRST_CLAUSE - 1)},`]])
    expect(streamed(`${words(FIRST_CLAUSE - 2)}, `)).toEqual([[]])
  })

  it('is looked for in the first sentence alone', () => {
    const chunks = streamed('That is the whole sentence. ', 'And this one is long enough, but ', 'goes on.')
    expect(chunks[1]).toEqual(['That is the whole sentence.'])
    expect(chunks[2]).toEqual([])
  })

  it('ends before a long sentence’s “and” where there is no comma', () => {
    const long = 'The lighthouse keeper collected every sound of the sea and '
    expect(long.length).toBeLessThan(FIRST_LONG)
    expect(streamed(long)).toEqual([[]])
    expect(streamed(long, 'kept ')[1]).toEqual(['The lighthouse keeper collected every sound of the sea'])
  })
})

describe('lengths', () => {
  it('speaks what is too short with the next', () => {
    const short = 'a'.repeat(SHORTEST - 2) + '.'
    expect(texts(cut([`${short} It goes on from here. End.`]))).toEqual([`${short} It goes on from here.`, 'End.'])
    const enough = 'a'.repeat(SHORTEST - 1) + '.'
    expect(texts(cut([`${enough} It goes on from here.`]))).toEqual([enough, 'It goes on from here.'])
  })

  it('never gives a piece that is longer than the longest', () => {
    const fits = `A${'b'.repeat(LONGEST - 1)}`
    expect(texts(cut([fits]))).toEqual([fits])
    expect(texts(cut([`${fits}c`])).map(text => text.length)).toEqual([LONGEST, 1])
    const words = 'word '.repeat(200)
    expect(Math.max(...texts(cut([words])).map(text => text.length))).toBeLessThanOrEqual(LONGEST)
    expect(texts(cut([words])).join(' ')).toBe(words.trim())
    expect(texts(cut(['😀a'.repeat(5), `${'𝒳'.repeat(LONGEST)}`])).join('')).not.toMatch(
      /[\ud800-\udbff](?![\udc00-\udfff])/,
    )
  })
})

describe('a stream that stalls', () => {
  const stalled = (text: string) => {
    const chunks = chunker()
    chunks.push(text)
    return texts(chunks.stalled())
  }
  it('gives out what may be whole, and keeps what cannot be', () => {
    expect(stalled('That is all there is.')).toEqual(['That is all there is.'])
    expect(stalled('Well, if you like it,')).toEqual(['Well, if you like it,'])
    expect(stalled('I know a certain Dr.')).toEqual([])
    expect(stalled('I know a certain')).toEqual([])
    expect(stalled('')).toEqual([])
  })

  it('doubles nothing when the stream goes on', () => {
    const chunks = chunker()
    chunks.push('It costs about $29.')
    const given = [...chunks.stalled(), ...chunks.push('99 in all.'), ...chunks.end()]
    expect(given.map(({ from, to }) => [from, to])).toEqual([
      [0, 19],
      [19, 29],
    ])
  })
})

test('offsets lead back to the source: a heard word takes its own marks along', () => {
  const source = 'Look at **bold** and [a link](https://example.org) there.'
  const [sentence] = cut([source])
  const end = (word: string) => sentence!.ends[sentence!.text.indexOf(word) + word.length - 1]!
  expect(sentence!.text).toBe('Look at bold and a link there.')
  expect(source.slice(0, end('bold'))).toBe('Look at **bold**')
  expect(source.slice(0, end('link'))).toBe('Look at **bold** and [a link](https://example.org)')
})

const PROSE = fc
  .array(
    fc.constantFrom(
      ...[
        'Hello',
        'world',
        'Dr.',
        'e.g.',
        '$29',
        '.',
        '. ',
        '? ',
        '! ',
        '…',
        ', ',
        ' ',
        ' ',
        ' and ',
        '\n',
        '\n\n',
        '“',
        '”',
        '"',
      ],
      ...[
        '**',
        '`',
        '```\n',
        '- ',
        '1. ',
        '[a](b)',
        '| x |\n',
        '😀',
        '3.14',
        'https://e.org/x ',
        '。',
        '本',
        '(',
        ')',
        ':',
        'x'.repeat(80),
      ],
    ),
    { maxLength: 60 },
  )
  .map(parts => parts.join(''))

it('loses nothing, doubles nothing, and cuts alike however the stream came', () => {
  fc.assert(
    fc.property(PROSE, fc.array(fc.nat(300), { maxLength: 20 }), (text, places) => {
      const cuts = [0, ...places.filter(place => place < text.length).sort((a, b) => a - b), text.length]
      const parts = cuts.slice(1).map((to, i) => text.slice(cuts[i], to))
      const whole = cut([text])
      expect(whole.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
      expect(cut(parts)).toEqual(whole)
      for (const { text: said, ends, from, to } of whole) {
        expect(ends).toHaveLength(said.length)
        expect(said.length).toBeLessThanOrEqual(LONGEST)
        ends.reduce((before, end) => (expect(end).toBeGreaterThanOrEqual(before), end), from)
        expect(ends.at(-1) ?? to).toBeLessThanOrEqual(to)
      }
    }),
    { numRuns: 1_000 },
  )
})

it('loses nothing when it stalls anywhere', () => {
  fc.assert(
    fc.property(PROSE, fc.array(fc.nat(300), { maxLength: 8 }), (text, places) => {
      const chunks = chunker()
      const given: Sentence[] = []
      const cuts = [0, ...places.filter(place => place < text.length).sort((a, b) => a - b), text.length]
      for (const [i, to] of cuts.slice(1).entries())
        given.push(...chunks.push(text.slice(cuts[i], to)), ...chunks.stalled())
      given.push(...chunks.end())
      expect(given.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
    }),
    { numRuns: 500 },
  )
})
