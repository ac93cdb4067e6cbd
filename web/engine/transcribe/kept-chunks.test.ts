import { describe, expect, it } from 'vitest'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { KeptChunks } from './kept-chunks.ts'

const RATE = 100

/** Chunks of a second each, whose samples count up from 0; `read` counts them. */
function source(count: number) {
  const state = { read: 0, closed: false }
  async function* sound(): AsyncGenerator<SoundChunk, void, undefined> {
    try {
      for (let n = 0; n < count; n++) {
        state.read++
        yield { samples: Float32Array.from({ length: RATE }, (_, i) => n * RATE + i), sampleRate: RATE, channels: 1 }
      }
    } finally {
      state.closed = true
    }
  }
  return { state, sound: sound() }
}

const settle = () => new Promise(resolve => setTimeout(resolve))

describe('KeptChunks', () => {
  it('reads what is asked for, and gives it again until it is forgotten', async () => {
    const { state, sound } = source(4)
    const kept = new KeptChunks(sound)
    await settle()
    expect(state.read).toBe(0)
    expect(await kept.at(0)).toMatchObject({ at: 0, end: 1 })
    expect(await kept.at(1)).toMatchObject({ at: 1, end: 2 })
    expect(await kept.at(0)).toMatchObject({ at: 0, end: 1 })
    expect(state.read).toBe(2)
    kept.forget(1.5)
    expect([kept.first, kept.start]).toEqual([1, 1.5])
    expect((await kept.at(1))!.chunk.samples[0]).toBe(150)
    expect((await kept.at(3))!.end).toBe(4)
    expect(await kept.at(4)).toBeUndefined()
    expect(kept.over).toEqual({})
    kept.forget(10)
    expect(kept.start).toBe(4)
  })

  it('reads ahead as far as it was told, for a source that does not wait', async () => {
    const { state, sound } = source(20)
    const kept = new KeptChunks(sound, 5)
    await settle()
    expect(state.read).toBe(5)
    await kept.at(0)
    await settle()
    expect(state.read).toBe(6)
    await kept.at(1)
    await settle()
    expect(state.read).toBe(7)
  })

  it('gives what came before the source broke, and tells how it broke', async () => {
    async function* broken() {
      yield* source(2).sound
      throw new Error('unplugged')
    }
    const kept = new KeptChunks(broken())
    expect(await kept.at(1)).toMatchObject({ at: 1 })
    expect(await kept.at(2)).toBeUndefined()
    expect(kept.over).toEqual({ error: new Error('unplugged') })
  })

  it('lets the source go', async () => {
    const { state, sound } = source(4)
    const kept = new KeptChunks(sound)
    await kept.at(0)
    kept.close()
    await settle()
    expect(state.closed).toBe(true)
    expect(await kept.at(1)).toBeUndefined()
  })
})
