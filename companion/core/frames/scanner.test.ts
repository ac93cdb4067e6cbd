import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frame, writeHeader } from './frame.ts'
import { FrameFault, FrameScanner, type Scanned } from './scanner.ts'

/** Feeds `bytes` in slices that end at `cuts`. */
function scan(bytes: Buffer, cuts: readonly number[] = []) {
  const scanner = new FrameScanner()
  const found: Scanned[] = []
  const places = [...cuts, bytes.length].sort((a, b) => a - b)
  let from = 0
  for (const to of places) {
    // A copy, as a pipe gives: nothing may lean on memory that was reused.
    const slice = Buffer.from(bytes.subarray(from, to))
    for (const item of scanner.feed(slice)) {
      found.push(item.kind === 'payload' ? { ...item, bytes: Buffer.from(item.bytes) } : item)
    }
    slice.fill(0xee)
    from = to
  }
  return {
    scanner,
    found,
    payload: Buffer.concat(found.flatMap(item => (item.kind === 'payload' ? [item.bytes] : []))),
  }
}

const ERROR = JSON.stringify({ type: 'error', message: 'No.', fatal: false })

describe('frames', () => {
  it('give the same payload however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
        fc.array(fc.nat(3000), { maxLength: 30 }),
        (contents, cuts) => {
          const bytes = Buffer.concat(contents.map(content => frame(content)))
          const { payload, scanner } = scan(
            bytes,
            cuts.map(cut => Math.min(cut, bytes.length)),
          )
          expect(payload.equals(Buffer.concat([...contents, scanner.takeHeld()?.bytes ?? Buffer.alloc(0)]))).toBe(true)
          expect(scanner.insideFrame).toBe(false)
        },
      ),
    )
  })

  it('are taken at the limit and refused one past it, before anything is allocated', () => {
    const at = new FrameScanner()
    expect([...at.feed(writeHeader(8_388_608))]).toEqual([])
    expect(() => [...new FrameScanner().feed(writeHeader(8_388_609))]).toThrow(FrameFault)
    expect([...new FrameScanner().feed(writeHeader(65_536, true))]).toEqual([])
    expect(() => [...new FrameScanner().feed(writeHeader(65_537, true))]).toThrow(FrameFault)
  })

  it('show the bytes of a stray print', () => {
    expect(() => [...new FrameScanner().feed(Buffer.from('Loading model weights…\n'))]).toThrow(
      expect.objectContaining({
        bytes: expect.toSatisfy((bytes: Buffer) => bytes.toString().startsWith('Loading model')),
      }),
    )
  })
})

describe('errors', () => {
  it('are those with the bit, and payload with the same words is payload', () => {
    const bytes = Buffer.concat([frame(ERROR), frame(ERROR, true), frame('more')])
    for (const cuts of [[], [1, 2, 3], Array.from(bytes, (_, at) => at)]) {
      const { found, payload } = scan(bytes, cuts)
      expect(payload.toString()).toBe(`${ERROR}more`)
      expect(found.filter(({ kind }) => kind === 'error')).toEqual([
        { kind: 'error', error: { code: 'PLUGIN_ERROR', message: 'No.', fatal: false } },
      ])
    }
  })

  it('of the first draft are held back when they come last, whole', () => {
    const { scanner, payload } = scan(Buffer.concat([frame('sound'), frame(` ${ERROR}\n`)]), [12, 20])
    expect(payload.toString()).toBe('sound')
    expect(scanner.takeHeld()).toMatchObject({ error: { message: 'No.' } })
  })

  it('are not what only resembles one', () => {
    for (const text of ['{"type":"error"}', '[{"type":"error","message":"x"}]', `${ERROR}x`, '{"message":"error"}']) {
      const { scanner, payload } = scan(frame(text))
      expect(payload.toString()).toBe(text)
      expect(scanner.takeHeld()).toBeUndefined()
    }
  })

  it('have 4,096 characters of a message at most, and no half ones', () => {
    const said = (message: string) => {
      const { found } = scan(frame(JSON.stringify({ type: 'error', message }), true))
      return found.map(item => (item.kind === 'error' ? item.error.message : item.kind))
    }
    const text = 'x'.repeat(4094)
    expect(said(`${text}😀`)).toEqual([`${text}😀`])
    expect(said(`${text}x😀`)).toEqual([`${text}x…`])
    expect(said(`${text}😀x`)).toEqual([`${text}…`])
  })

  it('that nobody knows are not payload', () => {
    const { found, payload } = scan(Buffer.concat([frame('{"type":"progress"}', true), frame('', true), frame('x')]))
    expect(found.filter(({ kind }) => kind === 'unknown')).toHaveLength(2)
    expect(payload.toString()).toBe('x')
  })
})
