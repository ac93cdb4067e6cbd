import { expect, it } from 'vitest'
import { unwrap } from './controls.ts'
import { seeded } from './fixtures.ts'
import { Timeline } from './timeline.ts'

it('tells the segment and second of each frame heard', () => {
  const timeline = new Timeline(24_000)
  timeline.add('a', 0, 24_000)
  timeline.add('a', 1, 12_000)
  timeline.extend(12_000)
  timeline.add('b', 0.25, 24_000)
  expect(timeline.placeOf(0)).toBeUndefined()
  expect(timeline.placeOf(1)).toEqual({ segment: 'a', at: 1 / 24_000 })
  expect(timeline.placeOf(36_000)).toEqual({ segment: 'a', at: 1.5 })
  expect(timeline.placeOf(48_000)).toEqual({ segment: 'a', at: 2 })
  expect(timeline.placeOf(48_001)).toEqual({ segment: 'b', at: 0.25 + 1 / 24_000 })
  expect(timeline.placeOf(90_000)).toEqual({ segment: 'b', at: 1.25 })
})

it('knows no place in silence before any chunk, nor after a clear', () => {
  const timeline = new Timeline(24_000)
  timeline.extend(100)
  timeline.add('a', 0, 100)
  expect(timeline.placeOf(100)).toBeUndefined()
  expect(timeline.placeOf(101)?.segment).toBe('a')
  timeline.clear()
  expect(timeline.placeOf(200)).toBeUndefined()
  timeline.extend(50)
  expect(timeline.placeOf(250)).toBeUndefined()
  expect(timeline.written).toBe(250)
})

it('agrees with a table of every frame, for random chunks', () => {
  const random = seeded(3)
  const timeline = new Timeline(1000)
  const table: { segment: string; at: number }[] = []
  let heard = 0
  for (let step = 0; step < 500; step++) {
    const segment = `s${Math.floor(random() * 3)}`
    const at = Math.floor(random() * 5000)
    const frames = Math.floor(random() * 50)
    timeline.add(segment, at / 1000, frames)
    for (let n = 1; n <= frames; n++) table.push({ segment, at: (at + n) / 1000 })
    heard = Math.min(table.length, heard + Math.floor(random() * 50))
    const place = timeline.placeOf(heard)
    if (heard === 0) continue
    expect(place?.segment).toBe(table[heard - 1]!.segment)
    expect(place?.at).toBeCloseTo(table[heard - 1]!.at, 9)
  }
})

it('unwraps a clock that goes round', () => {
  expect(unwrap(0, 5)).toBe(5)
  expect(unwrap(2 ** 30 - 1, 4)).toBe(2 ** 30 + 4)
  expect(unwrap(3 * 2 ** 30 + 7, 7)).toBe(3 * 2 ** 30 + 7)
  expect(unwrap(10, 12 | (2 ** 30))).toBe(12)
})
