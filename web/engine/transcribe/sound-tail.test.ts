import { describe, expect, it } from 'vitest'
import { SoundTail } from './sound-tail.ts'

const run = (from: number, to: number) => Float32Array.from({ length: to - from }, (_, n) => from + n)

describe('SoundTail', () => {
  it('gives what was kept by its place in the whole, however it was moved', () => {
    const tail = new SoundTail(10)
    for (let at = 0; at < 1000; at += 7) {
      tail.append(run(at, at + 7))
      tail.forget(at - 20)
      expect(tail.end).toBe(at + 7)
      expect(tail.slice(at - 5, at + 3)).toEqual(run(Math.max(0, at - 5), at + 3))
    }
    expect(tail.slice(0, 5000)).toEqual(run(974, 1001))
    expect(tail.slice(5000, 6000)).toEqual(new Float32Array(0))
    tail.forget(5000)
    expect(tail.end).toBe(1001)
  })

  it('takes no more room for an hour than for a minute', () => {
    const tail = new SoundTail(16)
    const chunk = new Float32Array(512)
    let early = 0
    for (let n = 0; n < 110_000; n++) {
      tail.append(chunk)
      if (n % 900 === 899) tail.forget(tail.end - 8000)
      if (n === 2000) early = tail.room
    }
    expect(tail.room).toBe(early)
  })
})
