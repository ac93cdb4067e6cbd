import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_ATTACHMENT, MAX_LINE } from './limits.ts'
import { LineCutter } from './lines.ts'

/** What a cutter makes of pieces; a line that begins with a number announces so many attachments. */
function cut(pieces: Iterable<Uint8Array>) {
  const seen: string[] = []
  const cutter = new LineCutter({
    line: bytes => {
      seen.push(bytes.length > 100 ? `line of ${bytes.length}` : `line ${bytes.toString()}`)
      return Number.parseInt(bytes.subarray(0, 4).toString(), 10) || 0
    },
    attached: (buffers, size) => seen.push(`attached ${size}: ${buffers.map(bytes => bytes.join(' ')).join(', ')}`),
    broken: ({ failure }) => seen.push(failure),
  })
  for (const piece of pieces) cutter.push(Buffer.from(piece))
  return seen
}

function attachment(...bytes: number[]): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(bytes.length)
  return Buffer.concat([head, Buffer.from(bytes)])
}

function announced(size: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(size)
  return head
}

/** Nothing; lines with and without a return; two attachments, one of them empty; bytes in them that look like lines. */
const ALL = Buffer.concat([
  Buffer.from('one\n\r\n\ntwo\r\n2 more\n'),
  attachment(10, 13, 10),
  attachment(),
  Buffer.from('three\n1\n'),
  attachment(0, 255),
  Buffer.from('and what has no end'),
])

it('makes the same of what a plugin writes, however it comes', () => {
  const whole = cut([ALL])
  expect(whole).toEqual([
    ...['line one', 'line ', 'line ', 'line two', 'line 2 more'],
    'attached 3: 10 13 10, ',
    ...['line three', 'line 1', 'attached 2: 0 255'],
  ])
  expect(cut([...ALL].map(byte => Uint8Array.of(byte)))).toEqual(whole)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: ALL.length }), { maxLength: 12 }), places => {
      const cuts = [0, ...places.sort((a, b) => a - b), ALL.length]
      expect(cut(cuts.slice(1).map((to, at) => ALL.subarray(cuts[at], to)))).toEqual(whole)
    }),
  )
})

it('takes a line of the most that it may be, and not a byte more', () => {
  const half = Buffer.alloc(MAX_LINE / 2, 'x')
  const end = Buffer.from('\nnext\n')
  expect(cut([half, half, end])).toEqual([`line of ${MAX_LINE}`, 'line next'])
  expect(cut([half, half, Buffer.from('x'), end])).toEqual(['LINE_TOO_LARGE'])
  expect(cut([Buffer.concat([half, half, Buffer.from('x'), end])])).toEqual(['LINE_TOO_LARGE'])
})

it('takes attachments of the most that they may be together, and sets nothing aside for more', () => {
  const sizes: number[] = []
  const cutter = new LineCutter({
    line: () => 2,
    attached: (_, size) => sizes.push(size),
    broken: () => sizes.push(-1),
  })
  const half = Buffer.alloc(MAX_ATTACHMENT / 2)
  for (const piece of [Buffer.from('\n'), announced(half.length), half, announced(half.length), half])
    cutter.push(piece)
  expect(sizes).toEqual([MAX_ATTACHMENT])
  const before = process.memoryUsage().arrayBuffers
  expect(cut([Buffer.from('1\n'), announced(MAX_ATTACHMENT + 1)])).toEqual(['line 1', 'ATTACHMENT_TOO_LARGE'])
  expect(cut([Buffer.from('1\n'), announced(2 ** 32 - 1)])).toEqual(['line 1', 'ATTACHMENT_TOO_LARGE'])
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_ATTACHMENT / 2)
  expect(cut([Buffer.from('2\n'), attachment(1), announced(MAX_ATTACHMENT)]).at(-1)).toBe('ATTACHMENT_TOO_LARGE')
})
