import { expect, test } from 'vitest'
import { loadSegmenter, WHOLE_QUOTE } from './segmenter.ts'

const segmenter = await loadSegmenter()
const split = (text: string, lang = 'en-us') =>
  segmenter.sentences(text, lang).map(({ from, to }) => text.slice(from, to))

test.each<[string[], string?]>([
  [['Mr. Smith met Dr. Jones at 5 p.m. on Friday.', 'He said hello.']],
  [['J. R. R. Tolkien wrote it.', 'It cost 3.14 dollars... or more.', 'Then what?']],
  [['“Go away!” he said.', '“Never.”', 'She left.', '"What?" she asked.', '"I don\'t know."', 'Fine.']],
  [['“Go away!” John said.', 'He went.', '“Yes!” I cried.', '“Why?” Mary Ann asked.', '“No.”', 'He said no more.']],
  [['Wait... what?', 'No!!', 'Really?!', 'Yes.']],
  [['See e.g. the U.S. Army.', 'It is big.', 'The U.S. is big.', 'He works at Acme Inc. in Boston.']],
  [['He went to Washington, D.C.', 'He came back at 3 a.m.', 'The sun rose at 6 a.m. EST.', 'Good.']],
  [['No. 5 is alive.', 'See Vol. 3, p. 34 and Fig. II here.', 'No.', 'I said no.', 'Ms. Lee asked Mr. He.']],
  [['Plan B .', 'Then plan C.', 'Take vitamin D.', 'It was my friend and I.', 'George W. Bush came.']],
  [["It's 'quoted. Text,' and more.", "The dogs' bowl.", "'Tis fine."]],
  [['The end . . . or not.', 'I… I do not know.', 'He left…', 'She stayed.']],
  [['1. First item.', '2. Second item.', 'Version 2.0.1 is out at www.example.com now.']],
  [['hello there.', 'how are you? fine.'], 'skip'],
  [['(He left.)', 'She stayed (all alone. Sad.) and wept.', 'It was so.[12]', 'Yes.']],
  [['これはペンです。', '「はい。」と言った。', '本当！？', 'そうです。'], 'ja'],
  [['El Sr. García llegó.', '¿Qué tal?', '¡Bien!', 'Vive en la pág. 3.'], 'es'],
  [['M. Poirot est là.', 'Il dort.', '«\u00a0Ça va\u00a0?\u00a0» dit-il.'], 'fr'],
  [['Am 3. Mai kam Dr. Weiß z. B. nicht.', 'Er schlief.'], 'de'],
  [['Он пришёл.', 'Она ушла.'], 'ru'],
  [['A good year, etc.', 'John came.', 'Dogs, cats, etc. are here.']],
  [['Node.Js and J.Smith stay.', 'Ok.']],
])('%j', (wanted, lang = 'en-us') => {
  if (lang === 'skip') return expect(split(wanted.join(' '))).toEqual(['hello there.', 'how are you?', 'fine.'])
  expect(split(wanted.join(lang === 'ja' ? '' : ' '), lang)).toEqual(wanted)
})

test('a short quotation is whole, a long one is cut at its sentences', () => {
  const quote = (length: number) => `“${'a'.repeat(length - 17)}. Two and more.”`
  const fits = quote(WHOLE_QUOTE)
  expect(fits.length).toBe(WHOLE_QUOTE)
  expect(split(`${fits} End.`)).toEqual([fits, 'End.'])
  expect(split(`${quote(WHOLE_QUOTE + 1)} End.`)).toHaveLength(3)
})

test('marks are never cut and never make a sentence of their own', () => {
  expect(split('See [Nguyen. X](/wˈɪn. A/) now. [pause 1.5s] Then. [pause 2s]')).toEqual([
    'See [Nguyen. X](/wˈɪn. A/) now.',
    '[pause 1.5s] Then. [pause 2s]',
  ])
})

test('what has nothing to say joins its neighbour', () => {
  expect(split('* * * ! Go on. 😀! — ... Stop.')).toEqual(['* * * ! Go on. 😀! — ...', 'Stop.'])
  expect(split('😀 👍')).toEqual(['😀 👍'])
  expect(split('...')).toEqual(['...'])
  expect(split(' \n\t ')).toEqual([])
  expect(split('')).toEqual([])
})

test('a blank line ends a sentence', () => {
  expect(split('One\ntwo\n\nthree\n \n\nfour')).toEqual(['One\ntwo', 'three', 'four'])
})

/** Small reproducible random numbers (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const PARTS = [
  ...['a', 'B', '. ', '.', '”', '“', '"', '\n', '\r\n', '\n\n', '😀', '\ud83d', 'é', "'", '(', ')', '[', ']', '3', '!'],
  ...[
    '?',
    '…',
    '。',
    'Mr.',
    ' ',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u0000',
    'Word ',
    'word. ',
    '[pause 1s]',
    '[a](/b/)',
    'ع',
  ],
]

test('any text: ordered, apart, all of it', () => {
  const next = random(7)
  for (let round = 0; round < 5000; round++) {
    let text = ''
    for (let n = next() * 40; n > 0; n--) text += PARTS[Math.floor(next() * PARTS.length)] ?? ''
    let at = 0
    for (const { from, to } of segmenter.sentences(text, 'en-us')) {
      expect(text.slice(at, from).trim()).toBe('')
      expect(to).toBeGreaterThan(from)
      expect(text.slice(from, to).trim()).toBe(text.slice(from, to))
      at = to
    }
    expect(text.slice(at).trim()).toBe('')
  }
})

const SENTENCES = [
  'Mr. Smith came at 5 p.m. today.',
  'What now?',
  '“No. Never,” she said.',
  'It is 3.5 (or so).',
  'Oh!',
  'It ends…',
]

test('text added at the end leaves the earlier sentences alone', () => {
  const next = random(11)
  for (let round = 0; round < 500; round++) {
    const parts = Array.from({ length: 8 }, () => SENTENCES[Math.floor(next() * SENTENCES.length)] ?? '')
    const whole = segmenter.sentences(parts.join(' '), 'en-us')
    for (let count = 1; count < parts.length; count++) {
      const some = segmenter.sentences(parts.slice(0, count).join(' '), 'en-us')
      expect(whole.slice(0, some.length - 1)).toEqual(some.slice(0, -1))
    }
  }
})

test('twenty times the text takes about twenty times as long, whatever it is made of', () => {
  for (const part of ['A plain sentence here. ', '“a. ', '(', 'a. ', '.', '"', 'B . ', '\n', 'word', '[pause 1s]']) {
    // The fastest of several: a busy machine only ever adds.
    const cost = (count: number) => {
      const text = part.repeat(count)
      return Math.min(
        ...Array.from({ length: 4 }, () => {
          const began = performance.now()
          segmenter.sentences(text, 'en-us')
          return performance.now() - began + 0.2
        }),
      )
    }
    cost(2_000)
    expect(cost(40_000) / cost(2_000), part).toBeLessThan(150)
  }
})
