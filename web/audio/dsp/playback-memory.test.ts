import { expect, it } from 'vitest'
import { rateUnit, word, words } from './controls.ts'
import { sine } from './fixtures.ts'
import { Playback, quantum } from './playback.ts'
import { Ring } from './ring.ts'

const slices = 41
const quanta = 500
/** Slices until all of it is compiled to its end; what is not yet boxes every fraction. */
const warmUp = 80
const samples = sine(200, 24_000, 20_000, 0.5)

let kept: unknown

interface Growth {
  /** The median growth of the heap over a slice, bytes a quantum. Collections and compilers disturb single slices only. */
  readonly bytes: number
  readonly underruns: number
  readonly resyncs: number
}

/** Renders slices of quanta; before each of them `feed` writes what it wants. */
function growth(
  feed: (ring: Ring, n: number) => void,
  { live, extra }: { live?: number; extra?: () => void } = {},
): Growth {
  const ring = new Ring(Ring.memory(32_768, 1, true), 1)
  const controls = new Int32Array(words)
  controls[word.wanted] = 1
  const playback = new Playback({ ring, controls, channels: 1, from: 24_000, to: 48_000, live, wake: () => {} })
  const output = [new Float32Array(quantum)]
  // By itself, so that it is compiled as a worklet's call is, and not as the middle of a long loop.
  const render = (n: number) => {
    // Through each way of it: stretched, at its own speed, dry.
    controls[word.rate] = n % 100 < 50 ? rateUnit : 1.5 * rateUnit
    feed(ring, n)
    playback.render(output)
    extra?.()
  }
  const grown: number[] = []
  for (let slice = live === undefined ? 0 : -warmUp; slice < slices; slice++) {
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < quanta; n++) render(n)
    if (slice >= 0) grown.push(process.memoryUsage().heapUsed - before)
  }
  const median = grown.sort((a, b) => a - b)[slices >> 1]!
  return { bytes: median / quanta, underruns: controls[word.underruns]!, resyncs: controls[word.resyncs]! }
}

function inPieces(ring: Ring, n: number): void {
  if (ring.filled < 2048 && n > 100) ring.write(samples, 0, 4096)
}

it('renders without allocating', () => {
  const { bytes, underruns } = growth(inPieces)
  expect(underruns).toBeGreaterThan(10)
  // A single number on the heap in each quantum would be 12 bytes or more.
  expect(bytes).toBeLessThan(8)
  // And the measure sees one object a quantum.
  expect(growth(inPieces, { extra: () => (kept = { underruns }) }).bytes).toBeGreaterThan(12)
  expect(kept).toEqual({ underruns })
})

it('steers live sound without allocating', () => {
  const { bytes, underruns, resyncs } = growth(
    (ring, n) => {
      // A stall, then much at once, else a little more than should wait.
      if (n === 300) ring.write(samples, 0, 20_000)
      else if (ring.filled < 4000 && n > 100) ring.write(samples, 0, 100)
    },
    { live: 0.1 },
  )
  expect(underruns).toBeGreaterThan(10)
  expect(resyncs).toBeGreaterThan(10)
  expect(bytes).toBeLessThan(8)
})
