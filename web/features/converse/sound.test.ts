import { describe, expect, it } from 'vitest'
import { ReplySound, UserSound } from './sound.ts'

const ramp = (length: number, from = 0) => Float32Array.from({ length }, (_, n) => ((from + n) % 100) / 100)
const close = (a: Float32Array, b: Float32Array) =>
  a.length === b.length && a.every((sample, n) => Math.abs(sample - b[n]!) < 1e-4)

describe('what the user said', () => {
  it('is found again by its times, whatever pieces it came in', () => {
    const sound = new UserSound(100)
    for (let at = 0; at < 500; at += 30) sound.append(ramp(Math.min(30, 500 - at), at))
    expect(sound.slice(0, 6).samples).toHaveLength(500)
    expect(close(sound.slice(1.25, 3.5).samples, ramp(225, 125))).toBe(true)
    expect(sound.slice(6, 7).samples).toHaveLength(0)
  })

  it('is kept up to the limit, and the oldest goes past it', () => {
    const sound = new UserSound(100, 2)
    for (let second = 0; second < 2; second++) sound.append(ramp(100, second * 100))
    expect(sound.slice(0, 2).samples).toHaveLength(200)
    sound.append(ramp(100, 200))
    expect(close(sound.slice(0, 3).samples, ramp(200, 100))).toBe(true)
  })
})

describe('what was answered', () => {
  const lengthOf = (sound: ReplySound, segment: string) => sound.of([segment]).samples.length
  const chunk = (segment: string, length: number, from = 0) => ({
    segment,
    samples: ramp(length, from),
    sampleRate: 100,
  })

  it('ends where the listener stopped hearing it', () => {
    const sound = new ReplySound()
    sound.add(chunk('a', 100))
    sound.begin()
    sound.add(chunk('b', 100))
    sound.add(chunk('b', 100, 100))
    sound.add(chunk('c', 100))
    sound.cut({ segment: 'b', at: 1.5 })
    expect(sound.of(['a']).samples).toHaveLength(100)
    expect(close(sound.of(['b', 'c']).samples, ramp(150))).toBe(true)
    expect(lengthOf(sound, 'c')).toBe(0)
  })

  it('leaves earlier replies alone when nothing of the last one was heard', () => {
    const sound = new ReplySound()
    sound.add(chunk('a', 100))
    sound.begin()
    sound.add(chunk('b', 100))
    sound.cut(undefined)
    expect([lengthOf(sound, 'a'), lengthOf(sound, 'b')]).toEqual([100, 0])
  })

  it('is kept up to the limit, and the oldest goes past it, but never what is being said', () => {
    const sound = new ReplySound(2)
    sound.add(chunk('a', 100))
    sound.add(chunk('b', 100))
    expect(lengthOf(sound, 'a')).toBe(100)
    sound.add(chunk('c', 1))
    expect([lengthOf(sound, 'a'), lengthOf(sound, 'b')]).toEqual([0, 100])
    sound.add(chunk('d', 900))
    expect(sound.of(['d']).samples).toHaveLength(900)
  })
})
