import { expect, it } from 'vitest'
import { waterfallOf } from './waterfall.ts'

it('shows where the time went, from the last word to the first of the answer', () => {
  const waterfall = waterfallOf({
    lastSpeech: 1000,
    softEnd: 1090,
    turnCommit: 1200,
    transcriptFinal: 1350,
    firstToken: 1500,
    firstSentence: 1600,
    firstSample: 1900,
    firstHeard: 1940,
  })
  expect(waterfall).toEqual({
    bars: [
      { step: 'turn', from: 0, to: 200 },
      { step: 'words', from: 200, to: 350 },
      { step: 'model', from: 350, to: 600 },
      { step: 'voice', from: 600, to: 900 },
      { step: 'path', from: 900, to: 940 },
    ],
    total: 940,
    committed: 200,
  })
})

it('shows work that began before the turn was over beside the wait for its end', () => {
  const waterfall = waterfallOf({
    lastSpeech: 0,
    softEnd: 90,
    firstToken: 150,
    firstSentence: 180,
    turnCommit: 200,
    transcriptFinal: 210,
    firstSample: 260,
    firstHeard: 290,
  })!
  expect(waterfall.bars.find(({ step }) => step === 'model')).toEqual({ step: 'model', from: 90, to: 180 })
  expect(waterfall.bars.map(({ step }) => step)).toEqual(['turn', 'model', 'voice', 'words', 'path'])
  expect(waterfall.total).toBe(290)
})

it('begins with the turn where something was typed, and shows nothing where nothing was answered', () => {
  expect(waterfallOf({ transcriptFinal: 50, firstSentence: 80, firstSample: 100 })).toMatchObject({
    bars: [
      { step: 'model', from: 0, to: 30 },
      { step: 'voice', from: 30, to: 50 },
    ],
    total: 50,
  })
  expect(waterfallOf({ lastSpeech: 0, turnCommit: 200, end: 300 })).toBeUndefined()
  expect(waterfallOf({})).toBeUndefined()
})
