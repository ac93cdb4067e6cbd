import type { ExportSegment } from './types.ts'

export const RATE = 24_000

/** A tone for `seconds`, whose pitch names the segment: 200 Hz and 50 more for each. */
export function tone(index: number, seconds: number, sampleRate = RATE): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(seconds * sampleRate))
  const step = (2 * Math.PI * (200 + 50 * (index % 20))) / sampleRate
  for (let at = 0; at < samples.length; at++) samples[at] = 0.5 * Math.sin(step * at)
  return samples
}

/** `count` segments of 1.5 s and half a second of pause each; a chapter each `each` segments. */
export async function* spoken(
  count: number,
  { each = 4, sampleRate = RATE, onPulled = (_index: number): void => {} } = {},
): AsyncGenerator<ExportSegment, void, undefined> {
  for (let index = 0; index < count; index++) {
    onPulled(index)
    yield {
      samples: tone(index, 1.5, sampleRate),
      sampleRate,
      text: `Sentence ${index}.`,
      words: [],
      pauseAfter: 0.5,
      ...(index % each === 0 && { chapter: `Chapter ${index / each + 1} — “é”` }),
    }
  }
}

/** A file in memory, as a target, with what was asked of it. */
export function memoryTarget(): {
  target: WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>
  bytes(): Uint8Array<ArrayBuffer>
  readonly state: { closed: boolean; aborted: unknown; largest: number }
} {
  let held = new Uint8Array(1 << 20)
  let length = 0
  const state = { closed: false, aborted: undefined as unknown, largest: 0 }
  const target = new WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>({
    write({ data, position }) {
      state.largest = Math.max(state.largest, data.length)
      length = Math.max(length, position + data.length)
      if (length > held.length) {
        const larger = new Uint8Array(length * 2)
        larger.set(held)
        held = larger
      }
      held.set(data, position)
    },
    close: () => void (state.closed = true),
    abort: reason => void (state.aborted = reason),
  })
  return { target, bytes: () => held.slice(0, length), state }
}
