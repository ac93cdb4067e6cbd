import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caption, SoundChunk, Transcriber } from '#protocol/transcribe.ts'
import { recording } from '../support/recordings.ts'
import { wordErrorRate } from '../support/words.ts'

/** What is read aloud in the recording `cities`: Charles Dickens, 1859. */
export const CITIES =
  'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was ' +
  'the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it ' +
  'was the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us, we were ' +
  'all going direct to Heaven, we were all going direct the other way — in short, the period was so far like the ' +
  'present period, that some of its noisiest authorities insisted on its being received, for good or for evil, in the ' +
  'superlative degree of comparison only.'

/** Sound in chunks of `seconds` each. */
export async function* chunked(
  { samples, sampleRate }: { samples: Float32Array; sampleRate: number },
  seconds: number,
  channels: 1 | 2 = 1,
): AsyncGenerator<SoundChunk> {
  const size = Math.max(1, Math.round(seconds * sampleRate))
  for (let from = 0; from < samples.length; from += size) {
    const mono = samples.slice(from, from + size)
    const chunk = channels === 1 ? mono : Float32Array.from({ length: 2 * mono.length }, (_, i) => mono[i >> 1]!)
    yield { samples: chunk, sampleRate, channels }
  }
}

/** Gaps between captions are silence; a caption may begin a little before its first word. */
const SLACK = 0.5

/** What every transcriber of English keeps to, whatever it runs on. */
export function testTranscriber(name: string, open: () => Promise<Transcriber>): void {
  describe(`${name} as a transcriber`, () => {
    let transcriber: Transcriber
    let cities: { samples: Float32Array; sampleRate: number }
    let seconds: number
    let captions: Caption[]
    const progress: number[] = []

    beforeAll(async () => {
      cities = await recording('cities')
      seconds = cities.samples.length / cities.sampleRate
      transcriber = await open()
      await transcriber.load()
      const onProgress = ({ done }: { done: number }) => void progress.push(done)
      captions = await Array.fromAsync(transcriber.transcribe(chunked(cities, 0.25), { onProgress }))
    }, 300_000)
    afterAll(() => transcriber.close())

    const listen = (sound: AsyncIterable<SoundChunk>, run = {}) => Array.fromAsync(transcriber.transcribe(sound, run))
    const textOf = (heard: readonly Caption[]) =>
      heard
        .filter(({ final }) => final)
        .map(({ text }) => text)
        .join(' ')
    const part = (from: number, to: number) => ({
      samples: cities.samples.slice(from * cities.sampleRate, to * cities.sampleRate),
      sampleRate: cities.sampleRate,
    })

    it('writes down what was read aloud, stretch after stretch', () => {
      expect(wordErrorRate(CITIES, textOf(captions))).toBeLessThan(0.1)
      expect(captions.length).toBeGreaterThan(1)
      expect(captions.every(({ final }) => final)).toBe(true)
      expect(captions.map(({ utterance }) => utterance)).toEqual(captions.map((_, i) => i))
    })

    it('tells when each was said, on the clock of the whole sound', () => {
      let reached = 0
      for (const { start, end, text, stable } of captions) {
        expect(start).toBeGreaterThanOrEqual(reached - 0.01)
        expect(end).toBeGreaterThan(start)
        expect(stable).toBe(text.length)
        reached = end
      }
      expect(reached).toBeLessThanOrEqual(seconds + 0.01)
      expect(captions.at(-1)!.end).toBeGreaterThan(seconds - 5)
    })

    it('tells when each word was said, and where it stands, as far as it tells words', () => {
      for (const { text, words, start, end } of captions) {
        expect(words.length > 0).toBe(transcriber.info.wordTimes)
        let reached = start - SLACK
        for (const word of words) {
          expect(text.slice(word.from, word.to)).toBe(word.text)
          expect(word.start).toBeGreaterThanOrEqual(reached - 0.001)
          expect(word.end).toBeGreaterThan(word.start)
          expect(word.end).toBeLessThanOrEqual(end + SLACK)
          if (word.confidence !== undefined) {
            expect(word.confidence).toBeGreaterThanOrEqual(0)
            expect(word.confidence).toBeLessThanOrEqual(1)
          }
          reached = word.end
        }
      }
    })

    it('reports seconds of sound, forwards, to the end', () => {
      expect(progress.length).toBeGreaterThan(1)
      expect(progress).toEqual(progress.toSorted((a, b) => a - b))
      expect(progress.at(-1)!).toBeGreaterThan(seconds - 1)
      expect(progress.at(-1)!).toBeLessThanOrEqual(seconds + 0.01)
    })

    it('hears the same in the same sound, however it comes', async () => {
      const sound = part(0, 12)
      const [whole, slices, stereo] = [
        await listen(chunked(sound, 60)),
        await listen(chunked(sound, 0.0213)),
        await listen(chunked(sound, 1, 2)),
      ]
      expect(textOf(whole)).not.toBe('')
      expect(textOf(slices)).toBe(textOf(whole))
      expect(textOf(stereo)).toBe(textOf(whole))
    })

    it('has nothing to say of silence, of no sound, and of a sound that is no speech', async () => {
      const silence = { samples: new Float32Array(5 * 16_000), sampleRate: 16_000 }
      const chime = await recording('chime')
      expect(await listen(chunked(silence, 0.1))).toEqual([])
      expect(await listen(chunked({ samples: new Float32Array(0), sampleRate: 16_000 }, 1))).toEqual([])
      expect(textOf(await listen(chunked(chime, 0.1)))).toBe('')
    })

    it('shows what it has so far to somebody who reads along, and keeps what it calls stable', async () => {
      const heard: Caption[] = []
      // Partial captions are made while there is time for them: sound that comes as it is spoken leaves some.
      async function* live() {
        for await (const chunk of chunked(part(0, 8), 0.2)) {
          yield chunk
          await new Promise(resolve => setTimeout(resolve, 60))
        }
      }
      for await (const caption of transcriber.transcribe(live(), { live: true })) heard.push(caption)
      expect(heard.some(({ final }) => !final)).toBe(true)
      const finals = new Set<number>()
      const stable = new Map<number, string>()
      for (const caption of heard) {
        expect(finals.has(caption.utterance)).toBe(false)
        const kept = stable.get(caption.utterance) ?? ''
        expect(caption.text.slice(0, kept.length)).toBe(kept)
        expect(caption.stable).toBeGreaterThanOrEqual(kept.length)
        stable.set(caption.utterance, caption.text.slice(0, caption.stable))
        if (caption.final) finals.add(caption.utterance)
      }
      expect([...finals].toSorted((a, b) => a - b)).toEqual(Array.from({ length: finals.size }, (_, i) => i))
    })

    it('takes sound no faster than its captions are read', async () => {
      let taken = 0
      // Far more than may be read ahead while a caption waits.
      const times = 6
      async function* counted() {
        for (let again = 0; again < times; again++) {
          for await (const chunk of chunked(cities, 0.25)) {
            taken += chunk.samples.length / chunk.sampleRate
            yield chunk
          }
        }
      }
      for await (const caption of transcriber.transcribe(counted())) {
        expect(caption.utterance).toBe(0)
        await new Promise(resolve => setTimeout(resolve, 500))
        break
      }
      expect(taken).toBeLessThan(times * seconds)
    })

    it('stops when its listener goes, and hears the next one', async () => {
      const abort = new AbortController()
      const heard: Caption[] = []
      const listening = (async () => {
        for await (const caption of transcriber.transcribe(chunked(cities, 0.25), { signal: abort.signal })) {
          heard.push(caption)
          abort.abort()
        }
      })()
      await expect(listening).rejects.toThrow()
      expect(heard).toHaveLength(1)
      expect(textOf(await listen(chunked(part(0, 5), 0.25)))).toMatch(/best of times/i)
    })

    it('ends with the failure of what it listens to', async () => {
      async function* broken() {
        yield* chunked(part(0, 2), 0.5)
        throw new Error('The cable was pulled.')
      }
      await expect(listen(broken())).rejects.toThrow('The cable was pulled.')
    })
  })
}
