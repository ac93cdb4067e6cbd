import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitText } from './split.ts'

const chapter = (at: number) => `CHAPTER ${at}.\n\n${'The boats came back one after another. '.repeat(20)}\n\n`

it('cuts at the headings of chapters, and loses nothing', () => {
  const text = `A Book\n\nby Nobody\n\n${[1, 2, 3].map(chapter).join('')}`
  const parts = splitText(text)
  expect(parts.join('')).toBe(text)
  expect(parts.map(part => /CHAPTER \d/.exec(part)?.[0])).toEqual(['CHAPTER 1', 'CHAPTER 2', 'CHAPTER 3'])
})

it('takes a table of contents for no chapters', () => {
  const contents = [1, 2, 3].map(at => `Chapter ${at}.`).join('\n\n')
  const text = `${contents}\n\n${[1, 2, 3].map(chapter).join('')}`
  expect(splitText(text).length).toBeLessThanOrEqual(4)
})

it('cuts between paragraphs where there are no chapters, and not inside one', () => {
  const paragraph = `${'Word after word goes by. '.repeat(40)}\n\n`
  const text = paragraph.repeat(100)
  const parts = splitText(text)
  expect(parts.length).toBeGreaterThan(3)
  expect(parts.join('')).toBe(text)
  for (const part of parts) expect(part.length % paragraph.length).toBe(0)
})

it('gives every text back, character for character', () => {
  const block = fc.oneof(
    fc.string({ maxLength: 50 }),
    fc.constantFrom('Chapter 1', 'CHAPTER II.', '\n\n', '', 'x'.repeat(500)),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 60 }), blocks => {
      const text = blocks.join('\n\n')
      expect(splitText(text).join('')).toBe(text)
    }),
  )
})

it('is done with a megabyte of lines that hold a space', () => {
  const text = ' \n'.repeat(1 << 19)
  expect(splitText(text).join('')).toBe(text)
})
