import { expect, it } from 'vitest'
import { Chunker } from './chunker.ts'

const rate = 100

it('makes chunks of half a second of whatever comes, and a last one of what is left', () => {
  const chunker = new Chunker(1)
  const counting = Float32Array.from({ length: 130 }, (_, n) => n)
  const all = [
    ...chunker.add({ planes: [counting.subarray(0, 30)], frames: 30, sampleRate: rate }),
    ...chunker.add({ planes: [counting.subarray(30)], frames: 100, sampleRate: rate }),
  ]
  expect(all.map(({ samples }) => samples.length)).toEqual([50, 50])
  all.push(...chunker.finish())
  expect(all.flatMap(({ samples }) => [...samples])).toEqual([...counting])
  expect(chunker.seconds).toBe(1.3)
  expect([...chunker.finish()]).toEqual([])
})

it('changes its rate and its number of channels in mid-stream, and keeps the time', () => {
  const chunker = new Chunker(2)
  const mono = Float32Array.of(1, 2, 3)
  const all = [
    ...chunker.add({ planes: [mono], frames: 3, sampleRate: rate }, 1),
    ...chunker.add({ planes: [mono, mono, new Float32Array(3)], frames: 3, sampleRate: 2 * rate }),
    ...chunker.finish(),
  ]
  expect(all.map(({ sampleRate, channels }) => [sampleRate, channels])).toEqual([
    [rate, 2],
    [2 * rate, 2],
  ])
  expect([...all[0]!.samples]).toEqual([2, 2, 3, 3])
  expect(chunker.seconds).toBeCloseTo(2 / rate + 3 / (2 * rate), 9)
})

it('adds silence over what was there before', () => {
  const chunker = new Chunker(1)
  const loud = { planes: [new Float32Array(50).fill(1)], frames: 50, sampleRate: rate }
  const all = [...chunker.add(loud), ...chunker.addSilence(1.2, rate), ...chunker.add(loud), ...chunker.finish()]
  const samples = all.flatMap(({ samples }) => [...samples])
  expect(samples).toEqual([...Array(50).fill(1), ...Array(120).fill(0), ...Array(50).fill(1)])
})
