import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importText, MAX_IMPORT_BYTES, MAX_MARKUP_BYTES, MAX_PARAGRAPH } from './import.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, little: boolean, mark: boolean) => {
  const units = [...(mark ? '\ufeff' : ''), ...text].map(unit => unit.charCodeAt(0))
  return Uint8Array.from(units.flatMap(unit => (little ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])))
}
const paragraphs = (text: string, name = 'a.txt') => importText(name, bytes(text)).chapters.flatMap(c => c.paragraphs)

test('encodings', () => {
  const text = 'A café, “quoted”.'
  const wanted = [{ title: '', paragraphs: [text] }]
  expect(importText('a.txt', bytes(text))).toEqual({ title: 'a', chapters: wanted, notes: [] })
  expect(importText('a.txt', bytes('\ufeff' + text)).chapters).toEqual(wanted)
  for (const little of [true, false])
    for (const mark of [true, false])
      expect(importText('a.txt', utf16(text, little, mark))).toMatchObject({
        chapters: wanted,
        notes: ['decoded-utf-16'],
      })
  const latin = Uint8Array.from([0x41, 0x20, 0x63, 0x61, 0x66, 0xe9, 0x2c, 0x20, 0x93, 0x71, 0x94])
  expect(importText('a.txt', latin)).toMatchObject({
    chapters: [{ paragraphs: ['A café, “q”'] }],
    notes: ['decoded-windows-1252'],
  })
})

test('NUL bytes are dropped, line ends are one', () => {
  expect(importText('a.txt', bytes('One\0 word here.\r\n\r\nTwo.\rThree.'))).toMatchObject({
    chapters: [{ paragraphs: ['One word here.', 'Two.', 'Three.'] }],
    notes: ['nul-dropped'],
  })
})

const WRAPPED = `It was the best of times, it was the worst of times, it was the age of
wisdom, it was the age of foolishness, it was the epoch of belief, it was
the epoch of incredulity.

We had everything before us, we had nothing before us, we were all going
direct to Heaven, we were all going direct the other way--in short, the
period was so far like the present period.

Roses are red,
Violets are blue,
Sugar is sweet.`

test('wrapped lines are joined, verse is not', () => {
  const found = paragraphs(WRAPPED)
  expect(found).toHaveLength(5)
  expect(found[0]).toMatch(/^It was .* age of wisdom, .* incredulity\.$/)
  expect(found.slice(2)).toEqual(['Roses are red,', 'Violets are blue,', 'Sugar is sweet.'])
  expect(importText('a.txt', bytes(WRAPPED)).notes).toEqual(['lines-joined'])
})

test('long lines are paragraphs, lists are kept apart, indented lines begin paragraphs', () => {
  const long = 'word '.repeat(40).trim()
  expect(paragraphs(`${long}\n${long}\n${long}`)).toEqual([long, long, long])
  const item = 'an item that is long enough to come near to the width of the lines here'
  expect(paragraphs(`- ${item}\n  ${item}\n- ${item}\n\n${item}\n${item}`)).toHaveLength(3)
  const line = 'some words that fill the line up to about the usual width of a page x'
  expect(paragraphs(`  ${line}\n${line}\n  ${line}\n${line}`)).toEqual([`${line} ${line}`, `${line} ${line}`])
})

test('hyphens at the end of a line', () => {
  const fill = 'some words that fill the line up to about the usual width of a page'
  expect(paragraphs(`${fill} well-\nknown ${fill}\n${fill} soft\u00ad\nened`)[0]).toMatch(/well-known .* softened$/)
})

test('chapters of plain text', () => {
  const book = `A Tale\n\nContents\n\nChapter 1\n\nChapter II. The Pool\n\nPART ONE\n\nChapter 1\n\nText one.\n\nChapter 3 was dull, he said.\n\nChapter II. The Pool\n\nText two.\n\nEPILOGUE\n\nThe end.`
  const { chapters, notes } = importText('a_tale.txt', bytes(book))
  expect(chapters).toEqual([
    { title: '', paragraphs: ['A Tale', 'Contents'] },
    { title: 'PART ONE — Chapter 1', paragraphs: ['Text one.', 'Chapter 3 was dull, he said.'] },
    { title: 'Chapter II. The Pool', paragraphs: ['Text two.'] },
    { title: 'EPILOGUE', paragraphs: ['The end.'] },
  ])
  expect(notes).toEqual(['chapters-found'])
  expect(importText('x.txt', bytes('I.\n\nOne.\n\nII.\n\nTwo.')).chapters.map(c => c.title)).toEqual(['I.', 'II.'])
  expect(importText('x.txt', bytes('I\n\nam here.')).chapters).toHaveLength(1)
  expect(importText('x.txt', bytes('Chapter 1\nOne.\nChapter 2\nTwo.')).chapters.map(c => c.title)).toEqual([
    'Chapter 1',
    'Chapter 2',
  ])
})

test('a framed library text loses its frame', () => {
  const text = `Notice.\n\nTitle: The Book\n\nAuthor: A. Writer\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE BOOK ***\n\nOnce.\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE BOOK ***\n\nLicence.`
  expect(importText('x.txt', bytes(text))).toEqual({
    title: 'The Book',
    author: 'A. Writer',
    chapters: [{ title: '', paragraphs: ['Once.'] }],
    notes: ['licence-text-dropped'],
  })
})

test('Markdown', () => {
  const text = `---\nlayout: x\n---\n# The *Book*\n\nFirst **bold** and \`code\` &amp; [link](https://a.example/b) by [Nguyen](/wˈɪn/).\n\n## One\n\n- item one\n- item two\n  wrapped\n\n\`\`\`js\ncode()\n\`\`\`\n\n### Deeper\n\n> Quoted\n> text\n\n## Two\n\n| a | b |\n|---|---|\n| c | d |\n\n<div>raw</div>\n\nA [docs](/docs/) ![picture](x.png) end [pause 1s].\n`
  expect(importText('b.md', bytes(text))).toEqual({
    title: 'The Book',
    chapters: [
      { title: '', paragraphs: ['First bold and code & link by [Nguyen](/wˈɪn/).'] },
      { title: 'One', paragraphs: ['item one', 'item two wrapped', 'Deeper', 'Quoted text'] },
      { title: 'Two', paragraphs: ['a, b', 'c, d', 'A docs picture end [pause 1s].'] },
    ],
    notes: ['chapters-found', 'formatting-dropped'],
  })
})

test('HTML', () => {
  const text = `<!doctype html><html><head><title>A &mdash; B</title><style>p{}</style></head><body><nav>menu</nav>
    <h1>One</h1><p>Hello <b>bold</b>&nbsp;w&#246;rld &eacute;<br>next</p><script>if (a<b) alert("</p>")</script>
    <h2 title="a>b">Two</h2><ul><li>x<li>y</ul><!-- <p>no</p> -->tail &unknown; 1 < 2</body></html>`
  expect(importText('b.html', bytes(text))).toEqual({
    title: 'A — B',
    chapters: [
      { title: 'One', paragraphs: ['Hello bold wörld é', 'next'] },
      { title: 'Two', paragraphs: ['x', 'y', 'tail &unknown; 1 < 2'] },
    ],
    notes: ['formatting-dropped', 'chapters-found'],
  })
})

test.each([
  ['a.pdf', '%PDF-1.7 …', /a PDF document/],
  ['a.docx', 'PK\x03\x04aaaa', /save its text as/],
  ['a.bin', '\x01\x02\x03\x04abc', /binary data/],
])('%s is refused in words', (name, text, sentence) => {
  expect(() => importText(name, bytes(text))).toThrow(sentence)
})

test.each(['', ' \n\n\t', '\0', '<html><script>x</script></html>'])('%j holds no text', text => {
  expect(() => importText('a.txt', bytes(text))).toThrow(text === '\0' ? /binary data|no text/ : /holds no text/)
})

test('limits: at each, and one past it', () => {
  const page = bytes('Some plain words in a line of text.\n\n')
  const file = (length: number) => {
    const made = new Uint8Array(length)
    for (let at = 0; at < length; at += page.length) made.set(page.subarray(0, Math.min(page.length, length - at)), at)
    return made
  }
  expect(importText('a.txt', file(MAX_IMPORT_BYTES)).chapters[0]?.paragraphs.length).toBeGreaterThan(500_000)
  expect(() => importText('a.txt', file(MAX_IMPORT_BYTES + 1))).toThrow(/up to 20 MB .* split the file/)
  const heading = (length: number) => {
    const made = file(length)
    made.set(bytes('# T\n\n'))
    return importText('a.md', made).chapters[0]?.title
  }
  expect(heading(MAX_MARKUP_BYTES)).toBe('T')
  expect(heading(MAX_MARKUP_BYTES + 1)).toBe('')
  expect(paragraphs('a'.repeat(MAX_PARAGRAPH))).toHaveLength(1)
  expect(paragraphs('a'.repeat(MAX_PARAGRAPH + 1)).map(part => part.length)).toEqual([MAX_PARAGRAPH, 1])
  const sentence = 'Ten words. '
  for (const part of paragraphs(sentence.repeat(5000))) expect(part).toMatch(/^Ten .*words\.$/)
})

test('the licence of this repository reads as text with its clauses', () => {
  const file = readFileSync(new URL('../../../LICENSE', import.meta.url))
  const { chapters, notes } = importText('LICENSE', file)
  const all = chapters.flatMap(chapter => chapter.paragraphs)
  expect(notes).toContain('lines-joined')
  expect(all.some(text => /^"License" shall mean the terms and conditions for use, .* document\.$/.test(text))).toBe(
    true,
  )
  const visible = (text: string) => text.replace(/\s+/g, '')
  expect(visible(chapters.map(c => c.title + c.paragraphs.join('')).join(''))).toBe(visible(file.toString('utf8')))
})

test('twenty times the text takes about twenty times as long, whatever it is made of', () => {
  for (const [name, part] of [
    ['a.txt', 'Chapter 1\n'],
    ['a.txt', 'a\n'],
    ['a.txt', ' '],
    ['a.html', '<p'],
    ['a.html', '<p a="'],
    ['a.html', '<p>a'],
    ['a.html', '<!--'],
    ['a.md', 'A *word* and [link](x).\n\n'],
  ] as const) {
    // The fastest of several: a busy machine only ever adds.
    const cost = (count: number) => {
      const file = bytes('x ' + part.repeat(count))
      return Math.min(
        ...Array.from({ length: 3 }, () => {
          const began = performance.now()
          importText(name, file)
          return performance.now() - began + 0.5
        }),
      )
    }
    cost(500)
    expect(cost(20_000) / cost(1_000), JSON.stringify(part)).toBeLessThan(150)
  }
})
