import { describe, expect, it } from 'vitest'
import { LogTail } from './tail.ts'

function tail(limit: number, ...chunks: readonly (string | readonly number[])[]) {
  const lines: string[] = []
  const log = new LogTail(limit, line => lines.push(line))
  for (const chunk of chunks) log.add(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk))
  log.end()
  return { lines, text: log.text }
}

describe('the end of a log', () => {
  it('gives lines as they are whole, however they were cut', () => {
    expect(tail(100, 'on', 'e\r', '\ntwo\n', '\nlast').lines).toEqual(['one', 'two', '', 'last'])
  })

  it('joins a character that lies across two chunks, and keeps what was cut off at the end', () => {
    expect(tail(100, [0x63, 0x61, 0x66, 0xc3], [0xa9, 0x0a]).lines).toEqual(['café'])
    expect(tail(100, [0x61, 0xc3]).lines).toEqual(['a\ufffd'])
  })

  it('keeps all up to the limit, and whole lines past it', () => {
    expect(tail(8, 'one\ntwo\n').text).toBe('one\ntwo')
    expect(tail(8, 'one\ntwo\nx').text).toBe('two\nx')
    expect(tail(8, 'one\n', 'two\n', 'three\n', 'four\n', 'five\n').text).toBe('five')
    expect(tail(8, 'x'.repeat(1000)).text).toBe('xxxxxxxx')
  })

  it('cuts a line without an end, and needs no more memory for it', () => {
    const { lines, text } = tail(10, ...Array.from({ length: 1000 }, () => 'abcdefgh'), '\nend')
    expect(lines.at(-1)).toBe('end')
    expect(lines.every(line => line.length <= 10)).toBe(true)
    expect(text).toBe('end')
  })
})
