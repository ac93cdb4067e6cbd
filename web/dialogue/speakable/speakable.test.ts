import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { TABLE_ROW } from './block.ts'
import { ADDRESS, CODE_SPAN, LINK_TEXT, TAG } from './inline.ts'
import { ENGLISH_ANNOUNCEMENTS, type Piece } from './piece.ts'
import { Speakable, TABLE_ROWS } from './speakable.ts'

function read(parts: readonly string[]): Piece[] {
  const reader = new Speakable()
  return [...parts.flatMap(part => reader.push(part)), ...reader.end()]
}
const said = (text: string) =>
  read([text])
    .map(piece => piece.text)
    .join('')
/** With every run of line ends and spaces as one bar or space. */
const heard = (text: string) =>
  said(text)
    .trim()
    .replace(/ *\n\s*\n\s*/g, ' | ')
    .replace(/\s+/g, ' ')

const { code, table } = ENGLISH_ANNOUNCEMENTS

test.each([
  ['It is **very** *good*, ***really***.', 'It is very good, really.'],
  ['_This_ and __that__ in snake_case and 3 * 4 and 2*3.', 'This and that in snake_case and 3 * 4 and 2*3.'],
  ['~~Gone~~, but ~5 stay.', 'Gone, but ~5 stay.'],
  ['Call `f(x)` or ``a`b``.', 'Call f(x) or a`b.'],
  ['See [the *guide*](https://example.org/a_(b)?c=1).', 'See the guide.'],
  ['A ![red fox](fox.png) and [![badge](x.svg)](y).', 'A red fox and badge.'],
  ['It was so.[1][^note] Really [sic].', 'It was so. Really [sic].'],
  ['Go to https://www.example.org/a/b?c=d#e.', 'Go to example.org.'],
  ['Or (http://user@host.example:80/x), he said; hot hats.', 'Or (host.example:80), he said; hot hats.'],
  ['<https://example.org/x> and a < b and 5<6 <b>bold</b>.', 'example.org and a < b and 5<6 bold.'],
  ['Great! 🎉👩‍🚀🇩🇪 Go on ❤️ ©.', 'Great! Go on ©.'],
  [String.raw`A \*star\* and C:\dir.`, String.raw`A *star* and C:\dir.`],
  ['# Title\nText', 'Title | Text'],
  ['Title\n=====\nText', 'Title | Text'],
  ['Three:\n- one\n* two\n  + three\n1. four\n2) five\nEnd', 'Three: | one | two | three | 1. four | 2) five | End'],
  ['- [ ] open\n- [x] done', 'open | done'],
  ['> quoted\n> > twice\n\nEnd', 'quoted twice | End'],
  ['One\n\n---\n\nTwo', 'One | Two'],
  ['**Bold** starts\n-5 degrees\n+ item', 'Bold starts -5 degrees | item'],
  ['So:\n```js\nlet a = "# no"\n\nb()\n```\nDone.', `So: | ${code} | Done.`],
  ['So:\n~~~\n```\n~~~\nDone.', `So: | ${code} | Done.`],
  ['1. Do\n   ```sh\n   rm x\n   ```\n2. Go', `1. Do | ${code} | 2. Go`],
  ['> ```\n> x = 1\n> ```\n> End', `${code} | End`],
  ['```never closed\nx', code],
  ['```inline``` code', 'inline code'],
  ['| a | **b** |\n|---|:-:|\n| 1 | `2` |\nEnd', 'a, b | 1, 2 | End'],
  ['<think>\nHm. They ask.\n</think>\n\nHello.', 'Hello.'],
  ['<thinking>never', ''],
  ['I <think> so.', 'I so.'],
  ['これは**ペン**です。', 'これはペンです。'],
  ['See https://例え.example/パス。次は', 'See 例え.example。次は'],
  ['Line\r\nnext\r\n\r\nEnd', 'Line next | End'],
])('%j is said as %j', (text, wanted) => expect(heard(text)).toBe(wanted))

test('a long table is announced after its first rows', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `| ${i} | x |`).join('\n')
  expect(heard(rows(TABLE_ROWS))).not.toContain(table)
  expect(heard(rows(TABLE_ROWS + 1))).toMatch(new RegExp(`5, x \\| ${table}$`))
  expect(heard(rows(TABLE_ROWS + 9)).split(table)).toHaveLength(2)
})

test.each([
  ['a link', LINK_TEXT, (length: number) => `[${'a'.repeat(length - 2)}](x)`, /^a+$/, /^\[/],
  ['code in a line', CODE_SPAN, (length: number) => '`' + '-'.repeat(length - 1) + '*`', /\*$/, /[^*]$/],
  ['a tag', TAG, (length: number) => `<${'a'.repeat(length - 2)}>`, /^$/, /^</],
  [
    'an address',
    ADDRESS,
    (length: number) => `https://e.org/${'a'.repeat(length - 14)} b`,
    /^e\.org b$/,
    /^e\.orga b$/,
  ],
  ['a row', TABLE_ROW, (length: number) => `|${'a'.repeat(length - 2)}\n`, /^a+$/, /^\|/],
] as const)('%s may have its length, and not one more', (_, limit, make, within, past) => {
  expect(heard(make(limit))).toMatch(within)
  expect(heard(make(limit + 1))).toMatch(past)
})

const MARKDOWN = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'B',
        'word ',
        'th',
        ' ',
        '  ',
        '\n',
        '\n\n',
        '\r\n',
        '*',
        '**',
        '_',
        '`',
        '``',
        '```',
        '```js\n',
        '~',
        '~~~',
      ],
      ...[
        '[',
        ']',
        '(',
        ')',
        '](',
        '[x]',
        '!',
        '<',
        '>',
        '</',
        '#',
        '# ',
        '- ',
        '1',
        '.',
        '. ',
        '1. ',
        '|',
        '| a |\n',
        '\\',
      ],
      ...[
        '😀',
        '\ud83d',
        '\ude00',
        '\u200d',
        'http',
        's://',
        'e.org/',
        '<think>',
        '</think>',
        '---',
        '===',
        '。',
        'は',
        '^',
        '"',
      ],
    ),
    { maxLength: 40 },
  )
  .map(parts => parts.join(''))

it('covers the whole source without a gap, however it was cut when it came', () => {
  fc.assert(
    fc.property(MARKDOWN, fc.array(fc.nat(120), { maxLength: 12 }), (text, places) => {
      const whole = read([text])
      let at = 0
      for (const piece of whole) {
        expect(piece.from).toBe(at)
        expect(piece.to).toBeGreaterThanOrEqual(piece.from)
        at = piece.to
      }
      expect(at).toBe(text.length)
      const cuts = [0, ...places.filter(place => place < text.length).sort((a, b) => a - b), text.length]
      const parts = cuts.slice(1).map((to, i) => text.slice(cuts[i], to))
      const words = (pieces: readonly Piece[]) => pieces.map(piece => piece.text).join('')
      expect(words(read(parts))).toBe(words(whole))
      expect(words(read(text.split('')))).toBe(words(whole))
    }),
    { numRuns: 2_000 },
  )
})
