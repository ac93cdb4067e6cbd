import { describe, expect, it } from 'vitest'
import { settle } from './testing/clock.ts'
import { UtteranceEars } from './ears.ts'
import type { ListenEvent } from './types.ts'

const RULES = { softEnd: 0.09, hardEnd: 0.19 }

function scene() {
  const told: ListenEvent[] = []
  const ears = new UtteranceEars({ rules: RULES, hear: event => void told.push(event) })
  /** Whether `finish` has come back. */
  const finishing = () => {
    let isDone = false
    void ears.finish().then(() => (isDone = true))
    return async () => {
      await settle()
      return isDone
    }
  }
  return { told, ears, finishing }
}

describe('ears', () => {
  it('go on with times and numbers where they ended', () => {
    const { ears } = scene()
    expect(ears.begin()).toEqual({ at: 0, utterance: 0 })
    ears.take(2)
    ears.tell({ kind: 'speech-start', utterance: 0, at: 0.5 })
    ears.end()
    expect(ears.begin()).toEqual({ at: 2, utterance: 1 })
  })

  it('tell how far they had heard when speech ended, and of a beginning once', () => {
    const { ears, told } = scene()
    ears.begin()
    for (let twice = 0; twice < 2; twice++) ears.tell({ kind: 'speech-start', utterance: 3, at: 1 })
    ears.tell({ kind: 'soft-end', utterance: 3, at: 1.5 })
    ears.tell({ kind: 'speech-end', utterance: 3, at: 1.5 })
    expect(told).toEqual([
      { kind: 'speech-start', utterance: 3, at: 1 },
      { kind: 'soft-end', utterance: 3, at: 1.5, now: 1.59 },
      { kind: 'speech-end', utterance: 3, at: 1.5, now: 1.69 },
    ])
  })

  it('ask for silence once a turn is over, and wait for the words that were begun before', async () => {
    const { ears, finishing } = scene()
    ears.begin()
    ears.take(1)
    ears.tell({ kind: 'speech-start', utterance: 0, at: 0.2 })
    expect(ears.ending()).toBe(0)
    const isDone = finishing()
    const silence = ears.ending()
    expect(silence).toBeGreaterThan(RULES.hardEnd)
    expect([ears.ending(), ears.taken]).toEqual([0, 1 + silence])
    ears.heard(ears.taken)
    expect(await isDone()).toBe(false)
    ears.tell({ kind: 'speech-end', utterance: 0, at: 0.9 })
    ears.tell({ kind: 'final', utterance: 0, settled: 1 })
    expect(await isDone()).toBe(true)
    expect(ears.isOpen).toBe(false)
  })

  it('wait for speech of the last moment, which no one has told yet', async () => {
    const { ears, finishing } = scene()
    ears.begin()
    ears.take(3)
    ears.tell({ kind: 'speech-start', utterance: 0, at: 0.2 })
    const isDone = finishing()
    // The first of two utterances is there before the second is noticed.
    ears.tell({ kind: 'speech-end', utterance: 0, at: 1 })
    ears.tell({ kind: 'final', utterance: 0, settled: 1.2 })
    expect(await isDone()).toBe(false)
    ears.tell({ kind: 'speech-start', utterance: 1, at: 2.7 })
    ears.heard(3)
    expect(await isDone()).toBe(false)
    ears.tell({ kind: 'dropped', utterance: 1, settled: 3 })
    expect(await isDone()).toBe(true)
  })

  it('do not wait for what is said after the turn', async () => {
    const { ears, finishing } = scene()
    ears.begin()
    ears.take(1)
    const isDone = finishing()
    ears.take(1)
    ears.tell({ kind: 'speech-start', utterance: 0, at: 1.4 })
    ears.heard(2)
    expect(await isDone()).toBe(true)
  })

  it('have nothing to wait for when nobody listens, and let go of whoever waits when listening ends', async () => {
    const { ears, finishing } = scene()
    expect(await finishing()()).toBe(true)
    ears.begin()
    ears.take(1)
    const isDone = finishing()
    expect(await isDone()).toBe(false)
    ears.end()
    expect(await isDone()).toBe(true)
    expect(ears.ending()).toBe(0)
  })
})
