import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CITIES } from '../../../../tests/conformance/transcribe.ts'
import { resample } from '../../../../tests/support/recogniser.ts'
import { recording } from '../../../../tests/support/recordings.ts'
import { whisperEntry } from '../../../../tests/support/whisper/entry.ts'
import { whisperFiles } from '../../../../tests/support/whisper/weights.ts'
import { distance, wordsOf } from '../../../../tests/support/words.ts'
import { openRecogniser } from '../../../../companion/core/transcription.ts'
import { modelsFolder } from '../../../../tests/support/models.ts'
import { HEARING_RATE, type Recogniser, type Recognition } from '../recogniser.ts'
import { createWhisper } from './engine.ts'
import { LONGEST, SHORTEST, whisperInfo } from './meta.ts'
import type { WhisperModel } from './model.ts'
import { openWhisperModel } from './worker/model.ts'
import { createTurns } from './worker/turns.ts'

// Real weights, through the library that runs them in the page.

/** Of the recording that is tried with: two sentences, and the first words. */
const SECONDS = 8
const BRIEF = 3

const hearing = ({ samples, sampleRate }: { samples: Float32Array; sampleRate: number }) =>
  resample(samples, sampleRate, HEARING_RATE)

let model: WhisperModel
let recogniser: Recogniser
let cities: Float32Array
let beginning: Float32Array
let brief: Float32Array

beforeAll(async () => {
  const { files, read } = await whisperFiles()
  model = await openWhisperModel({
    model: whisperEntry(files),
    variant: 'fp32',
    device: 'cpu',
    read: async path => new Uint8Array(await read(path)),
    exclusively: createTurns(),
  })
  recogniser = createWhisper(async () => model, { ...whisperInfo, name: 'Whisper tiny.en' })
  cities = hearing(await recording('cities'))
  beginning = cities.subarray(0, SECONDS * HEARING_RATE)
  brief = cities.subarray(0, BRIEF * HEARING_RATE)
  await recogniser.load()
}, 300_000)
afterAll(() => recogniser.close())

function expectWords({ text, words }: Recognition, seconds: number): void {
  let reached = 0
  for (const word of words) {
    expect(text.slice(word.from, word.to)).toBe(word.text)
    expect(word.start).toBeGreaterThanOrEqual(reached)
    expect(word.end).toBeGreaterThan(word.start)
    expect(word.confidence).toBeGreaterThan(0)
    expect(word.confidence).toBeLessThanOrEqual(1)
    reached = word.end
  }
  expect(reached).toBeLessThanOrEqual(seconds)
  expect(wordsOf(words.map(word => word.text).join(' '))).toEqual(wordsOf(text))
}

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

describe('what is no speech', () => {
  const noise = (level: number) => {
    let state = 1
    return Float32Array.from({ length: 5 * HEARING_RATE }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return (state / 2 ** 31 - 1) * level
    })
  }

  it.each([
    ['no sound', new Float32Array(0)],
    ['silence', new Float32Array(3 * HEARING_RATE)],
    ['noise', noise(0.1)],
  ])('is left alone: %s', async (_, samples) => {
    expect(await recogniser.recognise(samples, { words: true })).toEqual({ text: '', words: [] })
  })

  it('is left alone: a chime', async () => {
    expect((await recogniser.recognise(hearing(await recording('chime')))).text).toBe('')
  })
})

describe('limits', () => {
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

  it('hears nothing in less than the shortest, and does not fail at it', async () => {
    const shortest = SHORTEST * HEARING_RATE
    const from = 2 * HEARING_RATE
    expect((await recogniser.recognise(cities.subarray(from, from + shortest - 1))).text).toBe('')
    const run = { words: true, lang: 'en-gb' }
    await expect(recogniser.recognise(cities.subarray(from, from + shortest), run)).resolves.toBeDefined()
  })

  it('says which language it does not understand', async () => {
    await expect(recogniser.recognise(brief, { lang: 'de-de' })).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('takes no samples that are no numbers', async () => {
    await expect(recogniser.recognise(new Float32Array(HEARING_RATE).fill(Number.NaN))).rejects.toMatchObject({
      code: 'bad-input',
    })
  })

  it('stops when it is told to, and hears the next stretch', async () => {
    const abort = new AbortController()
    const long = recogniser.recognise(brief, { signal: abort.signal })
    const behind = recogniser.recognise(brief, { signal: abort.signal })
    setTimeout(() => abort.abort(), 20)
    await expect(long).rejects.toMatchObject({ code: 'cancelled' })
    await expect(behind).rejects.toMatchObject({ code: 'cancelled' })
    // Without the times of its words, as nobody asks for them.
    expect(await recogniser.recognise(brief)).toMatchObject({
      text: expect.stringMatching(/best of times/),
      words: [],
    })
  }, 60_000)
})

describe('a damaged model', () => {
  it('is said to be one', async () => {
    const { files, read } = await whisperFiles()
    const broken = createWhisper(() =>
      openWhisperModel({
        model: whisperEntry(files),
        variant: 'fp32',
        device: 'cpu',
        read: async path => new Uint8Array(await read(path)).slice(0, path.endsWith('.onnx') ? 1_000_000 : undefined),
        exclusively: createTurns(),
      }),
    )
    await expect(broken.load()).rejects.toMatchObject({ code: 'engine', message: expect.stringContaining('Verify') })
  })
})
