import { expect, it } from 'vitest'
import { MixDown } from './mix-down.ts'

/** What `to` channels hear when channel `at` of `channels` is at full scale. */
function heard(channels: number, at: number, to: 1 | 2): number[] {
  const planes = Array.from({ length: channels }, (_, n) => Float32Array.of(n === at ? 1 : 0))
  const into = new Float32Array(to)
  new MixDown(channels, to).mix(planes, 0, 1, into, 0)
  return [...into].map(sample => Number(sample.toFixed(3)))
}

it('leaves one and two channels as they are', () => {
  expect(heard(1, 0, 1)).toEqual([1])
  expect(heard(1, 0, 2)).toEqual([1, 1])
  expect([heard(2, 0, 2), heard(2, 1, 2)]).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect([heard(2, 0, 1), heard(2, 1, 1)]).toEqual([[0.5], [0.5]])
})

it('mixes 5.1 as broadcasters do: the middle to both sides 3 dB softer, the bass left out', () => {
  expect([0, 1, 2, 3, 4, 5].map(at => heard(6, at, 2))).toEqual([
    [0.414, 0],
    [0, 0.414],
    [0.293, 0.293],
    [0, 0],
    [0.293, 0],
    [0, 0.293],
  ])
})

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 16])('never gets louder than full scale with %i channels', channels => {
  const planes = Array.from({ length: channels }, () => Float32Array.of(1, -1))
  for (const to of [1, 2] as const) {
    const into = new Float32Array(2 * to)
    new MixDown(channels, to).mix(planes, 0, 2, into, 0)
    for (const sample of into) expect(Math.abs(sample)).toBeLessThanOrEqual(1.000001)
    expect(Math.max(...into)).toBeGreaterThan(0.999)
  }
})

it('writes where it is told, and silence for what is no number', () => {
  const into = new Float32Array(8).fill(9)
  new MixDown(2, 2).mix([Float32Array.of(1, 2, NaN), Float32Array.of(4, 5, Infinity)], 1, 2, into, 1)
  expect([...into]).toEqual([9, 9, 2, 5, 0, 0, 9, 9])
})
