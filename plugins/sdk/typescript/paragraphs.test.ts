import { describe, expect, it } from 'vitest'
import { collapseSpace, cutPoint, paragraphs } from './paragraphs.ts'

const TEXT = '  One line\r\nand its second.\n \t\n\n\nTwo.\n\n   \n\nThree,\nat last'

async function* sliced(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

describe('paragraphs', () => {
  it.each([1, 2, 5, 1000])('are the same in slices of %d', async size => {
    expect(await Array.fromAsync(paragraphs(sliced(TEXT, size)))).toEqual([
      { text: 'One line and its second.', ends: true },
      { text: 'Two.', ends: true },
      { text: 'Three, at last', ends: true },
    ])
  })

  it('come as soon as they are over', async () => {
    let given = 0
    const slices = (async function* () {
      for (const slice of ['One.\n', '\nTw', 'o.']) {
        given++
        yield slice
      }
    })()
    for await (const { text } of paragraphs(slices)) {
      expect(text).toBe('One.')
      break
    }
    expect(given).toBe(2)
  })

  it('without an end come in pieces, cut at sentences', async () => {
    const long = 'This is a sentence, and it ends. '.repeat(100).trim()
    const pieces = await Array.fromAsync(paragraphs(sliced(long, 7), 200))
    expect(pieces.every(({ text }) => text.length <= 200 && text.endsWith('ends.'))).toBe(true)
    expect(pieces.map(({ text }) => text).join(' ')).toBe(long)
    expect(pieces.map(({ ends }) => ends).lastIndexOf(false)).toBe(pieces.length - 2)
  })

  it('of nothing but space are none', async () => {
    expect(await Array.fromAsync(paragraphs(sliced(' \n\n \n', 2)))).toEqual([])
  })
})

describe('cutting', () => {
  it('prefers sentences to clauses, clauses to words, and never halves a character', () => {
    expect(cutPoint('aaaa bbbb. cccc, dddd eeee', 20)).toBe(11)
    expect(cutPoint('aaaa bbbb cccc, dddd eeee', 20)).toBe(16)
    expect(cutPoint('aaaa bbbb cccc dddd eeee', 18)).toBe(15)
    expect(cutPoint('👋'.repeat(10), 7)).toBe(6)
  })

  it('collapses space the same in parts', () => {
    expect(collapseSpace(`${collapseSpace('a \n')}\n b`)).toBe(collapseSpace('a \n\n b'))
  })
})
