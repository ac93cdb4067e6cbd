import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { seeded } from './fixtures.ts'
import { Ring } from './ring.ts'

it.each([1, 2])('holds exactly its frames, in order, with %i channels', channels => {
  for (const shared of [true, false]) {
    const ring = new Ring(Ring.memory(100, channels, shared), channels)
    const samples = Float32Array.from({ length: 120 * channels }, (_, n) => n)
    expect(ring.room).toBe(100)
    expect(ring.write(samples, 0, 120)).toBe(100)
    expect(ring.write(samples, 100, 20)).toBe(0)
    const into = new Float32Array(200 * channels)
    expect(ring.read(into, 30)).toBe(30)
    expect(ring.write(samples, 100, 20)).toBe(20)
    expect(ring.filled).toBe(90)
    expect(into.subarray(0, 30 * channels)).toEqual(samples.subarray(0, 30 * channels))
    expect(ring.read(into, 200)).toBe(90)
    expect(into.subarray(0, 90 * channels)).toEqual(samples.subarray(30 * channels))
    expect(ring.read(into, 1)).toBe(0)
  }
})

/** Reads pieces of random length, each sample one more than the last, and answers with the first that is not. */
const reader = `
const { workerData, parentPort } = require('node:worker_threads')
import(workerData.url).then(({ Ring }) => {
  const ring = new Ring(workerData.memory, 2)
  const into = new Float32Array(2000)
  let expected = 0
  let seed = 1
  while (expected < workerData.frames * 2) {
    seed = (seed * 48271) % 2147483647
    const count = ring.read(into, 1 + (seed % 900))
    for (let n = 0; n < count * 2; n++) {
      if (into[n] !== expected++) return parentPort.postMessage({ wrong: into[n], expected })
    }
  }
  parentPort.postMessage('in order')
})`

it('passes frames between two threads, none lost, none twice', async () => {
  const frames = 400_000
  const memory = Ring.memory(1000, 2, true)
  const url = new URL('./ring.ts', import.meta.url).href
  const worker = new Worker(reader, { eval: true, workerData: { memory, url, frames } })
  const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const ring = new Ring(memory, 2)
  const random = seeded(5)
  const samples = Float32Array.from({ length: frames * 2 }, (_, n) => n)
  for (let done = 0; done < frames;) {
    const count = ring.write(samples, done, Math.min(frames - done, 1 + Math.floor(random() * 900)))
    done += count
    if (count === 0) await new Promise(resolve => setImmediate(resolve))
  }
  expect(await answer).toBe('in order')
  await worker.terminate()
})
