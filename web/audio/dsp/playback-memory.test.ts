import { expect, it } from 'vitest'
import { rateUnit, word, words } from './controls.ts'
import { sine } from './fixtures.ts'
import { Playback, quantum } from './playback.ts'
import { Ring } from './ring.ts'

const slices = 41
const quanta = 500

let kept: unknown

/** The median growth of the heap over a slice, bytes a quantum. Collections and compilers disturb single slices only. */
function growth(extra: () => void): { bytes: number; underruns: number } {
  const ring = new Ring(Ring.memory(8192, 1, true), 1)
  const controls = new Int32Array(words)
  controls[word.wanted] = 1
  const playback = new Playback({ ring, controls, channels: 1, from: 24_000, to: 48_000, wake: () => {} })
  const samples = sine(200, 24_000, 4096, 0.5)
  const output = [new Float32Array(quantum)]
  const grown: number[] = []
  for (let slice = 0; slice < slices; slice++) {
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < quanta; n++) {
      // Through each way of it: stretched, at its own speed, dry.
      controls[word.rate] = n % 100 < 50 ? rateUnit : 1.5 * rateUnit
      if (ring.filled < 2048 && n > 100) ring.write(samples, 0, 4096)
      playback.render(output)
      extra()
    }
    grown.push(process.memoryUsage().heapUsed - before)
  }
  const median = grown.sort((a, b) => a - b)[slices >> 1]!
  return { bytes: median / quanta, underruns: controls[word.underruns]! }
}

it('renders without allocating', () => {
  const { bytes, underruns } = growth(() => {})
  expect(underruns).toBeGreaterThan(10)
  // A single number on the heap in each quantum would be 12 bytes or more.
  expect(bytes).toBeLessThan(8)
  // And the measure sees one object a quantum.
  expect(growth(() => (kept = { underruns })).bytes).toBeGreaterThan(12)
  expect(kept).toEqual({ underruns })
})
