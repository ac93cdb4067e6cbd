/** Bytes asked for, `end` inclusive; 'unsatisfiable' when none of them exist; undefined to answer with the whole. */
export type ByteRange = { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined

/** One range of a `Range` header (RFC 9110, 14.2). Several ranges, or other units, get the whole. */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1]!, match[2]!]
  if (first === '') {
    const count = Math.min(Number(last), size)
    return count === 0 ? 'unsatisfiable' : { start: size - count, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start >= size) return 'unsatisfiable'
  return start > end ? undefined : { start, end }
}
