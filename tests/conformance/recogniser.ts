import { describe, expect, it } from 'vitest'
import { HEARING_RATE, type Recogniser, type Recognition } from '../../web/engine/transcribe/recogniser.ts'
import { resample } from '../support/recogniser.ts'
import { recording } from '../support/recordings.ts'
import { wordsOf } from '../support/words.ts'

/** A recording as recognisers take it. */
export async function heard(name: Parameters<typeof recording>[0]): Promise<Float32Array> {
  const { samples, sampleRate } = await recording(name)
  return resample(samples, sampleRate, HEARING_RATE)
}

/** Every word stands in the text and was said in turn, within the sound. */
export function expectWords({ text, words }: Recognition, seconds: number): void {
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

function noise(level: number): Float32Array {
  let state = 1
  return Float32Array.from({ length: 5 * HEARING_RATE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 2 ** 31 - 1) * level
  })
}
const hum = Float32Array.from(
  { length: 4 * HEARING_RATE },
  (_, i) => 0.2 * Math.sin((2 * Math.PI * 50 * i) / HEARING_RATE),
)

/**
 * What every recogniser of English keeps to, whatever it runs on.
 * @param open asked in each test; with the recording `cities` @param shortest seconds in which something may be heard
 */
export function testRecogniser(open: () => { recogniser: Recogniser; cities: Float32Array }, shortest: number): void {
  const recognise: Recogniser['recognise'] = (samples, run) => open().recogniser.recognise(samples, run)
  const cities = (from: number, to: number) => open().cities.subarray(from * HEARING_RATE, to * HEARING_RATE)

  describe('what is no speech', () => {
    it.each([
      ['no sound', new Float32Array(0)],
      ['silence', new Float32Array(3 * HEARING_RATE)],
      ['the noise of a silent microphone', noise(0.001)],
      ['noise', noise(0.1)],
      ['the hum of the mains', hum],
    ])('is left alone: %s', async (_, samples) => {
      expect(await recognise(samples, { words: true })).toEqual({ text: '', words: [] })
    })

    it('is left alone: a chime', async () => {
      expect((await recognise(await heard('chime'))).text).toBe('')
    })
  })

  describe('limits', () => {
    it('hears nothing in less than the shortest, and does not fail at it', async () => {
      const speech = cities(2, 2 + shortest)
      expect((await recognise(speech.subarray(0, -1))).text).toBe('')
      await expect(recognise(speech, { words: true, lang: 'en-gb' })).resolves.toBeDefined()
    })

    it('says which language it does not understand', async () => {
      await expect(recognise(cities(0, 3), { lang: 'de-de' })).rejects.toMatchObject({ code: 'unsupported' })
    })

    it('takes no samples that are no numbers', async () => {
      const samples = new Float32Array(HEARING_RATE).fill(Number.NaN)
      await expect(recognise(samples)).rejects.toMatchObject({ code: 'bad-input' })
    })

    it('stops when it is told to, and hears the next stretch', async () => {
      const abort = new AbortController()
      const long = recognise(cities(0, 8), { signal: abort.signal })
      const behind = recognise(cities(0, 8), { signal: abort.signal })
      setTimeout(() => abort.abort(), 20)
      await expect(long).rejects.toMatchObject({ code: 'cancelled' })
      await expect(behind).rejects.toMatchObject({ code: 'cancelled' })
      // Without the times of its words, as nobody asks for them.
      const text: unknown = expect.stringMatching(/best of times/)
      expect(await recognise(cities(0, 3))).toMatchObject({ text, words: [] })
    }, 60_000)
  })
}
