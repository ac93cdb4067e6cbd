import { describe, expect, it } from 'vitest'
import { tokenFrames } from './align.ts'

const FRAMES = 60

/** A head that looks at `from`…`to` while each token is written, and a little at everything. */
function looking(spans: readonly (readonly [from: number, to: number])[]): Float32Array[] {
  return spans.map(([from, to]) =>
    Float32Array.from({ length: FRAMES }, (_, frame) => (frame >= from && frame < to ? 0.2 : 0.002)),
  )
}

const spans = [
  [5, 15],
  [15, 22],
  [30, 44],
  [44, 60],
] as const

describe('where tokens begin', () => {
  it('follows what the heads look at', () => {
    const frames = tokenFrames(looking(spans).map(row => [row]))
    expect(frames).toHaveLength(4)
    expect(frames[0]).toBe(0)
    expect(frames[1]).toBe(15)
    // What lies between two tokens may belong to either.
    expect(frames[2]).toBeGreaterThanOrEqual(22)
    expect(frames[2]).toBeLessThanOrEqual(30)
    expect(frames[3]).toBe(44)
  })

  it('never goes back, even where a head does', () => {
    const frames = tokenFrames(looking([spans[0], spans[3], spans[1], spans[3]]).map(row => [row]))
    expect(frames).toEqual(frames.toSorted((a, b) => a - b))
  })

  it('takes no notice of what every token looks at', () => {
    const bright = looking(spans).map(row => [row.map((value, frame) => (frame === 50 ? 5 : value))])
    expect(tokenFrames(bright)).toEqual(tokenFrames(looking(spans).map(row => [row])))
  })

  it('is nowhere without attention', () => {
    expect(tokenFrames([])).toEqual([])
    expect(tokenFrames([[], []])).toEqual([])
  })
})
