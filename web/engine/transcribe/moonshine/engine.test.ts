import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSpeech } from '../../../../companion/core/speech.ts'
import { sentence } from '../../../../tests/conformance/speech.ts'
import { expectWords, heard, testRecogniser } from '../../../../tests/conformance/recogniser.ts'
import { CITIES } from '../../../../tests/conformance/transcribe.ts'
import { modelPath, modelsFolder } from '../../../../tests/support/models.ts'
import { resample } from '../../../../tests/support/recogniser.ts'
import { distance, wordErrorRate, wordsOf } from '../../../../tests/support/words.ts'
import { HEARING_RATE, type Recogniser } from '../recogniser.ts'
import { createMoonshine } from './engine.ts'
import { LONGEST, SHORTEST } from './meta.ts'
import { moonshineRuntime } from './runtime.ts'

const file = (path: string) => readFile(modelPath('moonshine-tiny-en', path))
const weights = {
  encoder: () => file('encoder_model.ort'),
  decoder: () => file('decoder_model_merged.ort'),
  tokenizer: () => file('tokenizer.bin'),
}
const open = (files = weights) =>
  createMoonshine({ runtime: moonshineRuntime(ort, { device: 'cpu', threads: 2 }), files })

/** Of the recording that most is tried with: two sentences. */
const SECONDS = 8

let recogniser: Recogniser
let cities: Float32Array
let beginning: Float32Array

beforeAll(async () => {
  cities = await heard('cities')
  beginning = cities.subarray(0, SECONDS * HEARING_RATE)
  recogniser = open()
  await recogniser.load()
}, 300_000)
afterAll(() => recogniser.close())

testRecogniser(() => ({ recogniser, cities }), SHORTEST)

describe('speech', () => {
  it('is written down', async () => {
    const { text, words, doubt } = await recogniser.recognise(beginning)
    const expected = wordsOf(CITIES).slice(0, wordsOf(text).length)
    expect(expected.length).toBeGreaterThan(20)
    expect(distance(expected, wordsOf(text))).toBeLessThanOrEqual(1)
    expect(words).toEqual([])
    expect(doubt).toBeUndefined()
  })

  it('comes with the times of its words, and is the same with and without', async () => {
    const recognition = await recogniser.recognise(beginning, { words: true })
    expect(recognition.text).toBe((await recogniser.recognise(beginning)).text)
    expectWords(recognition, SECONDS)
  })

  it('is timed as it was spoken', async () => {
    const speech = openSpeech({ models: modelsFolder, threads: 2 })
    const errors: number[] = []
    for (const voice of ['af_heart', 'bm_george']) {
      const text = 'The old captain, who had seen many storms, told them to wait.'
      async function* one() {
        yield sentence(text, { voice: [{ id: voice, weight: 1 }] })
      }
      const chunks = await Array.fromAsync(speech.speak(one()))
      const sound = Float32Array.from(chunks.flatMap(({ samples }) => [...samples]))
      const spoken = chunks.flatMap(chunk => chunk.words ?? [])
      const { words } = await recogniser.recognise(resample(sound, 24_000, HEARING_RATE), { words: true })
      expect(words.map(word => word.text)).toEqual(spoken.map(word => word.text))
      words.forEach(({ start, end }, i) => {
        errors.push(Math.abs(start - spoken[i]!.start), Math.abs(end - spoken[i]!.end))
      })
    }
    await speech.close()
    errors.sort((a, b) => a - b)
    expect(errors[Math.floor(errors.length * 0.5)]).toBeLessThan(0.08)
    expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThan(0.2)
  }, 120_000)

  it('keeps rough times where the file is not the one whose attention is known', async () => {
    const other = open({ ...weights, decoder: async () => Buffer.concat([await weights.decoder(), Buffer.alloc(64)]) })
    const recognition = await other.recognise(beginning, { words: true })
    expect(recognition.text).toBe((await recogniser.recognise(beginning)).text)
    expectWords(recognition, SECONDS)
    await other.close()
  })

  it('is heard when it is hardly loud, and through clipping', async () => {
    const { text } = await recogniser.recognise(beginning)
    const quiet = await recogniser.recognise(beginning.map(sample => sample * 0.02))
    expect(wordErrorRate(text, quiet.text)).toBeLessThan(0.1)
    const clipped = await recogniser.recognise(beginning.map(sample => Math.max(-1, Math.min(1, sample * 8))))
    expect(wordErrorRate(text, clipped.text)).toBeLessThan(0.1)
  })
})

it('takes the longest stretch, and not a sample more', async () => {
  const longest = cities.subarray(0, LONGEST * HEARING_RATE)
  expect(longest).toHaveLength(recogniser.longest * HEARING_RATE)
  const { text } = await recogniser.recognise(longest)
  expect(wordErrorRate(CITIES.split(' ').slice(0, wordsOf(text).length).join(' '), text)).toBeLessThan(0.15)
  await expect(recogniser.recognise(cities.subarray(0, longest.length + 1))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('30 s'),
  })
}, 60_000)

it('says that its model is damaged', async () => {
  const broken = open({ ...weights, encoder: async () => (await weights.encoder()).subarray(0, 1_000_000) })
  await expect(broken.load()).rejects.toMatchObject({ code: 'engine' })
})
