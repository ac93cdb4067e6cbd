import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelPath } from '../../../../tests/support/models.ts'
import { resample } from '../../../../tests/support/recogniser.ts'
import { recording } from '../../../../tests/support/recordings.ts'
import { HEARING_RATE, type Recogniser } from '../recogniser.ts'
import { createMoonshine } from './engine.ts'
import { moonshineRuntime } from './runtime.ts'

// The runtime of the page, in Node: the same WebAssembly, and its memory can be seen.

let recogniser: Recogniser
let beginning: Float32Array
const memories: WebAssembly.Memory[] = []
const heap = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)

beforeAll(async () => {
  const { samples, sampleRate } = await recording('cities')
  beginning = resample(samples.subarray(0, 11 * sampleRate), sampleRate, HEARING_RATE)
  const Original = WebAssembly.Memory
  WebAssembly.Memory = new Proxy(Original, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args)
      memories.push(memory)
      return memory
    },
  })
  const ort = await import('onnxruntime-web/wasm')
  ort.env.wasm.numThreads = 1
  const file = (path: string) => readFile(modelPath('moonshine-tiny-en', path))
  recogniser = createMoonshine({
    runtime: moonshineRuntime(ort, { device: 'wasm', threads: 1 }),
    files: {
      encoder: () => file('encoder_model.ort'),
      decoder: () => file('decoder_model_merged.ort'),
      tokenizer: () => file('tokenizer.bin'),
    },
  })
  await recogniser.load()
  WebAssembly.Memory = Original
}, 300_000)
afterAll(() => recogniser.close())

describe('the recogniser in WebAssembly', () => {
  it('hears what it hears natively, with the times of words', async () => {
    const { text, words } = await recogniser.recognise(beginning.subarray(0, 5 * HEARING_RATE), { words: true })
    expect(text).toMatch(/best of times/i)
    expect(words.length).toBeGreaterThan(8)
    expect(words.every(({ start, end }) => end > start)).toBe(true)
  })

  it('keeps no memory of what it heard', async () => {
    for (const seconds of [11, 3]) {
      await recogniser.recognise(beginning.subarray(0, seconds * HEARING_RATE), { words: true })
    }
    const settled = heap()
    expect(settled).toBeGreaterThan(0)
    for (let i = 0; i < 8; i++) {
      await recogniser.recognise(beginning.subarray(0, (2 + (i % 5)) * HEARING_RATE), { words: true })
    }
    expect(heap()).toBe(settled)
  }, 120_000)
})
