import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'

/** A sentence in the engine's first voice. */
export const sentence = (text: string, more: Partial<Segment> = {}): Segment => ({
  id: 'a',
  text,
  lang: 'en-us',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
  ...more,
})

export const seconds = (chunks: readonly PcmChunk[]) =>
  chunks.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0)

const LONG = 'One two three four five six seven eight nine ten, '.repeat(12)

/** What every speech engine of English keeps to, whatever it runs on. */
export function testSpeechEngine(
  name: string,
  open: () => Promise<SpeechEngine>,
  /** False where nobody can know when a word sounds. */
  hasWordTimes = true,
): void {
  describe(`${name} as a speech engine`, () => {
    let engine: SpeechEngine
    beforeAll(async () => {
      engine = await open()
      await engine.load()
    }, 60_000)
    afterAll(() => engine.close())

    async function* each(segments: readonly Segment[]) {
      yield* segments
    }
    const say = (...segments: Segment[]) => Array.fromAsync(engine.speak(each(segments)))

    it('speaks sentences in their order, each to its last chunk, on a clock of its own', async () => {
      const said = await say(
        sentence('The bell rang twice, and nobody had seen the boat leave.', { id: 'one', buffered: 0 }),
        sentence('Then it stopped.', { id: 'two' }),
      )
      expect(said.filter(({ last }) => last).map(({ segment }) => segment)).toEqual(['one', 'two'])
      for (const id of ['one', 'two']) {
        const mine = said.filter(({ segment }) => segment === id)
        let at = 0
        for (const chunk of mine) {
          expect(chunk).toMatchObject({ sampleRate: engine.info.sampleRate, channels: 1 })
          expect(chunk.at).toBeCloseTo(at, 6)
          at += chunk.samples.length / chunk.sampleRate
        }
        expect(mine.slice(0, -1).every(({ last }) => !last)).toBe(true)
      }
      expect(said.findLastIndex(({ segment }) => segment === 'one')).toBeLessThan(
        said.findIndex(({ segment }) => segment === 'two'),
      )
      const peak = said.reduce((most, { samples }) => samples.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0)
      expect(peak).toBeGreaterThan(0.05)
      expect(peak).toBeLessThanOrEqual(1)
    })

    if (hasWordTimes) {
      it('tells when each word sounds, and where it stands in the text', async () => {
        const text = 'Dr. Ames paid $3.50 for it.'
        const said = await say(sentence(text))
        const words = said.flatMap(chunk => chunk.words ?? [])
        expect(words.map(({ from, to }) => text.slice(from, to))).toEqual(words.map(word => word.text))
        expect(words.at(0)!.text).toMatch(/^Dr/)
        expect(words.at(-1)!.text).toBe('it')
        let end = 0
        for (const word of words) {
          expect(word.start).toBeGreaterThanOrEqual(end - 0.05)
          expect(word.end).toBeGreaterThan(word.start)
          end = word.end
        }
        expect(end).toBeLessThanOrEqual(seconds(said) + 0.05)
      })
    }

    it('makes the same sound of the same sentence', async () => {
      const [once, again] = [await say(sentence('Twice the same.')), await say(sentence('Twice the same.'))]
      expect(again.map(({ samples }) => samples)).toEqual(once.map(({ samples }) => samples))
    })

    it('goes at the pace that is asked for, and rests where the text does', async () => {
      const text = 'He counted the boats as they came in.'
      const usual = seconds(await say(sentence(text)))
      expect(seconds(await say(sentence(text, { speed: 2 })))).toBeLessThan(usual * 0.7)
      expect(seconds(await say(sentence(text.replace('boats', 'boats [pause 2s]'))))).toBeGreaterThan(usual + 1.5)
    })

    it('ends a sentence that can’t be spoken without a sound', async () => {
      const said = await say(sentence('🦀'))
      expect(said).toMatchObject([{ last: true, at: 0 }])
      expect(seconds(said)).toBe(0)
    })

    it.each([
      ['a voice that is not there', { voice: [{ id: 'nobody', weight: 1 }] }, 'nobody'],
      ['no voice', { voice: [] }, 'voice'],
      ['a pace that is none', { speed: Number.NaN }, 'speed'],
      ['a pace past the fastest', { speed: 2.01 }, '2'],
      ['a pace below the slowest', { speed: 0.49 }, '0.5'],
      ['nothing', { text: ' \n' }, 'text'],
    ])('refuses %s in words', async (_, more, word) => {
      await expect(say(sentence('Hello.', more))).rejects.toMatchObject({
        code: expect.stringMatching(/^(bad-input|not-found)$/),
        message: expect.stringContaining(word),
      })
    })

    it('stops when its listener goes, and speaks to the next one', async () => {
      const abort = new AbortController()
      const heard: PcmChunk[] = []
      const listening = (async () => {
        const sound = engine.speak(each([sentence(LONG, { buffered: 0 })]), { signal: abort.signal })
        for await (const chunk of sound) {
          heard.push(chunk)
          abort.abort()
        }
      })()
      await expect(listening).rejects.toThrow()
      expect(heard).toHaveLength(1)
      expect(seconds(await say(sentence('And on we go.')))).toBeGreaterThan(0.5)
    })
  })
}
