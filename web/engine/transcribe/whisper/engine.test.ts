import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectWords, heard, testRecogniser } from '../../../../tests/conformance/recogniser.ts'
import { CITIES } from '../../../../tests/conformance/transcribe.ts'
import { whisperEntry } from '../../../../tests/support/whisper/entry.ts'
import { whisperFiles } from '../../../../tests/support/whisper/weights.ts'
import { distance, wordsOf } from '../../../../tests/support/words.ts'
import { openRecogniser } from '../../../../companion/core/transcription.ts'
import { modelsFolder } from '../../../../tests/support/models.ts'
import { HEARING_RATE, type Recogniser } from '../recogniser.ts'
import { createWhisper } from './engine.ts'
import { LONGEST, SHORTEST, whisperInfo } from './meta.ts'
import type { WhisperModel } from './model.ts'
import { openWhisperModel } from './worker/model.ts'
import { createTurns } from './worker/turns.ts'

// Real weights, through the library that runs them in the page.

/** Of the recording that is tried with: two sentences, and the first words. */
const SECONDS = 8
const BRIEF = 3

/** @param most bytes of each network that are there */
async function open(most?: number): Promise<WhisperModel> {
  const { files, read } = await whisperFiles()
  return openWhisperModel({
    model: whisperEntry(files),
    variant: 'fp32',
    device: 'cpu',
    read: async path => new Uint8Array(await read(path)).slice(0, path.endsWith('.onnx') ? most : undefined),
    exclusively: createTurns(),
  })
}

let model: WhisperModel
let recogniser: Recogniser
let cities: Float32Array
let beginning: Float32Array
let brief: Float32Array

beforeAll(async () => {
  model = await open()
  recogniser = createWhisper(async () => model, { ...whisperInfo, name: 'Whisper tiny.en' })
  cities = await heard('cities')
  beginning = cities.subarray(0, SECONDS * HEARING_RATE)
  brief = cities.subarray(0, BRIEF * HEARING_RATE)
  await recogniser.load()
}, 300_000)
afterAll(() => recogniser.close())

testRecogniser(() => ({ recogniser, cities }), SHORTEST)

describe('speech', () => {
  it('is written down with the times of its words, near those that another recogniser finds', async () => {
    const recognition = await recogniser.recognise(beginning, { words: true })
    const said = wordsOf(recognition.text)
    const expected = wordsOf(CITIES).slice(0, said.length)
    expect(expected.length).toBeGreaterThan(20)
    expect(distance(expected, said)).toBeLessThanOrEqual(1)
    expect(recognition.doubt).toBeUndefined()
    expectWords(recognition, SECONDS)
    const other = openRecogniser({ models: modelsFolder })
    const { words } = await other.recognise(beginning, { words: true })
    await other.close()
    const apart = recognition.words
      .flatMap((word, at) => {
        const same = words[at] && wordsOf(words[at].text)[0] === wordsOf(word.text)[0]
        return same ? [Math.abs(word.start - words[at]!.start), Math.abs(word.end - words[at]!.end)] : []
      })
      .sort((a, b) => a - b)
    expect(apart.length).toBeGreaterThan(30)
    expect(apart[apart.length >> 1]).toBeLessThan(0.1)
    expect(apart[Math.floor(apart.length * 0.9)]).toBeLessThan(0.3)
  }, 120_000)

  it('has rough times where the file does not show what it attends to', async () => {
    const blind = createWhisper(async () => ({ ...model, heads: [], close: async () => {} }))
    const recognition = await blind.recognise(brief, { words: true })
    expect(recognition.text).toMatch(/best of times/)
    expectWords(recognition, BRIEF)
  }, 60_000)
})

it('takes the longest stretch, and not a sample more', async () => {
  const longer = new Float32Array(LONGEST * HEARING_RATE + 1)
  longer.set(brief)
  const longest = longer.subarray(0, -1)
  expect(longest).toHaveLength(recogniser.longest * HEARING_RATE)
  expect((await recogniser.recognise(longest)).text).toMatch(/best of times/)
  await expect(recogniser.recognise(longer)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('30 s'),
  })
}, 60_000)

it('says that its model is damaged', async () => {
  const broken = createWhisper(() => open(1_000_000))
  await expect(broken.load()).rejects.toMatchObject({ code: 'engine', message: expect.stringContaining('Verify') })
})
