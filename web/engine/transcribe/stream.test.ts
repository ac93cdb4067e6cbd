import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { MOST_WAITING } from './hearing.ts'
import { HEARING_RATE } from './recogniser.ts'
import { chunks, finals, live, openScripted, say, script, SENTENCES, soundOf, speech } from './testing/scripted.ts'

describe('a transcriber', () => {
  it('writes each sentence down once, with its times on the clock of the whole sound', async () => {
    const { transcriber } = openScripted(script)
    const captions = await Array.fromAsync(transcriber.transcribe(chunks(speech, 1)))
    expect(finals(captions)).toEqual(SENTENCES)
    expect(captions.every(({ final, text, stable }) => final && stable === text.length)).toBe(true)
    expect(captions.map(({ utterance }) => utterance)).toEqual([0, 1, 2])
    for (const { text, words, start, end } of captions) {
      expect(words.map(({ from, to }) => text.slice(from, to))).toEqual(text.split(' '))
      for (const word of words) {
        const known = script.find(each => Math.abs(each.start - word.start) < 0.001)
        expect(known?.text).toBe(word.text)
        expect(word.start).toBeGreaterThanOrEqual(start)
        expect(word.end).toBeLessThanOrEqual(end)
      }
    }
  })

  it('hears sound of any rate, in one channel or two', async () => {
    const { transcriber } = openScripted(script)
    async function* stereo() {
      for await (const { samples } of chunks(speech, 0.1)) {
        const both = Float32Array.from({ length: samples.length * 2 }, (_, i) => samples[i >> 1]!)
        yield { samples: both, sampleRate: HEARING_RATE, channels: 2 } as const
      }
    }
    expect(finals(await Array.fromAsync(transcriber.transcribe(stereo())))).toEqual(SENTENCES)
    // What a resampler leaves of steps in level is no script any more; where it lies is.
    const slow = Float32Array.from({ length: speech.length / 2 }, (_, i) => speech[i * 2]!)
    const events = await Array.fromAsync(transcriber.listen(chunks(slow, 0.1, { sampleRate: 8000 })))
    const ends = events.filter(({ kind }) => kind === 'speech-end').map(event => (event as { at: number }).at)
    expect(ends).toHaveLength(3)
    ends.forEach((end, i) => expect(Math.abs(end - script[i * 6 + 5]!.end)).toBeLessThan(0.1))
  })

  it('reports seconds of sound, forwards, to the end', async () => {
    const { transcriber } = openScripted(script)
    const done: number[] = []
    const run = { onProgress: (progress: { done: number }) => void done.push(progress.done) }
    for await (const caption of transcriber.transcribe(chunks(speech, 0.3), run)) {
      // What is told is told before progress says so.
      expect(done.at(-1)!).toBeGreaterThan(caption.start)
    }
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1)).toBeCloseTo(13, 6)
  })

  it('cuts a long monologue, doubts what it cut where there was no pause, and loses no word', async () => {
    const words = say('word '.repeat(900).trim(), 1, { gap: 0 })
    const { transcriber, read } = openScripted(words, { longest: 30, half: ({ text }) => text })
    const captions = await Array.fromAsync(transcriber.transcribe(chunks(soundOf(words, 275), 1)))
    expect(captions.length).toBeGreaterThan(9)
    expect(captions.slice(0, -1).every(({ doubt }) => doubt === 'cut' || doubt === undefined)).toBe(true)
    expect(captions.some(({ doubt }) => doubt === 'cut')).toBe(true)
    expect(captions.at(-1)!.doubt).toBeUndefined()
    expect(Math.max(...read)).toBeLessThanOrEqual(29)
    const heard = captions.flatMap(({ text }) => text.split(' ')).length
    expect(heard).toBeGreaterThanOrEqual(900)
    expect(heard).toBeLessThanOrEqual(900 + captions.length)
  })

  it('tries a sentence once more, and then fails with what was told before kept', async () => {
    let tries = 0
    const flaky = (times: number) => (reading: number) => {
      if (reading === 0) return
      if (++tries <= times) throw new SeamError('engine', 'The network failed.', { retryable: true })
    }
    const once = openScripted(script, { before: flaky(1) })
    expect(finals(await Array.fromAsync(once.transcriber.transcribe(chunks(speech, 1))))).toHaveLength(3)
    tries = 0
    const twice = openScripted(script, { before: flaky(2) })
    const captions: Caption[] = []
    const failing = async () => {
      for await (const caption of twice.transcriber.transcribe(chunks(speech, 1))) captions.push(caption)
    }
    await expect(failing()).rejects.toMatchObject({ code: 'engine' })
    expect(finals(captions)).toEqual(['it was the best of times'])
  })

  it('fails soon, not only when the sound ends', async () => {
    const { transcriber } = openScripted(script, {
      before: () => {
        throw new SeamError('engine', 'The network failed.')
      },
    })
    async function* endless() {
      yield* chunks(speech, 0.5)
      await new Promise(() => {})
    }
    await expect(Array.fromAsync(transcriber.transcribe(endless()))).rejects.toMatchObject({ code: 'engine' })
  })

  it('reads what came before the sound broke off', async () => {
    const { transcriber } = openScripted(script)
    async function* unplugged() {
      yield* chunks(speech.slice(0, 2.5 * HEARING_RATE), 0.1)
      throw new SeamError('not-found', 'The microphone was unplugged.')
    }
    const captions: Caption[] = []
    const listening = async () => {
      for await (const caption of transcriber.transcribe(unplugged())) captions.push(caption)
    }
    await expect(listening()).rejects.toMatchObject({ code: 'not-found' })
    expect(finals(captions)).toEqual(['it was the best'])
  })

  it.each(['before it begins', 'while it waits for sound', 'while it reads'])('stops %s', async when => {
    const abort = new AbortController()
    const { transcriber } = openScripted(script, {
      before: (_, run) =>
        new Promise<void>(resolve => {
          if (when !== 'while it reads') return resolve()
          run!.signal!.addEventListener('abort', () => resolve(), { once: true })
          abort.abort()
        }),
    })
    let closed = false
    async function* sound(): AsyncGenerator<SoundChunk, void, undefined> {
      try {
        yield* chunks(speech.slice(0, HEARING_RATE), 0.1)
        if (when === 'while it waits for sound') {
          setTimeout(() => abort.abort(), 5)
          await new Promise(resolve => setTimeout(resolve, 50))
        }
        yield* chunks(speech.slice(HEARING_RATE), 0.1)
      } finally {
        closed = true
      }
    }
    if (when === 'before it begins') abort.abort()
    await expect(Array.fromAsync(transcriber.transcribe(sound(), { signal: abort.signal }))).rejects.toThrow()
    await new Promise(resolve => setTimeout(resolve, 80))
    expect(closed).toBe(when !== 'before it begins')
  })

  it('listens to two sounds at once', async () => {
    const { transcriber } = openScripted(script)
    const [first, second] = await Promise.all([
      Array.fromAsync(transcriber.transcribe(chunks(speech, 0.1))),
      Array.fromAsync(transcriber.transcribe(live(speech.slice(4 * HEARING_RATE)), { live: true })),
    ])
    expect(finals(first)).toEqual(SENTENCES)
    expect(finals(second)).toEqual(SENTENCES.slice(1))
  })

  it('refuses sound that is none in words', async () => {
    const { transcriber } = openScripted(script)
    const listen = (chunk: Partial<SoundChunk>) =>
      Array.fromAsync(
        transcriber.transcribe(
          (async function* () {
            yield { samples: new Float32Array(10), sampleRate: 16_000, channels: 1, ...chunk } as SoundChunk
          })(),
        ),
      )
    await expect(listen({ sampleRate: Number.NaN })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(listen({ sampleRate: 0 })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(listen({ channels: 3 as never })).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('the sound', () => {
  it('is taken no faster than its captions are read', async () => {
    const { transcriber } = openScripted(script)
    let taken = 0
    async function* counted() {
      for (let n = 0; n < 20; n++) {
        for await (const chunk of chunks(speech, 0.25)) {
          taken += 0.25
          yield chunk
        }
      }
    }
    for await (const caption of transcriber.transcribe(counted())) {
      expect(caption.final).toBe(true)
      await new Promise(resolve => setTimeout(resolve, 50))
      break
    }
    expect(taken).toBeLessThan(60)
  })

  it('waits when as many sentences wait to be read as may', async () => {
    const words = Array.from({ length: 8 }, (_, i) => say('one two three', 1 + i * 4)).flat()
    const { transcriber } = openScripted(words, { before: () => new Promise(() => {}) })
    const taken: number[] = []
    async function* counted() {
      for await (const chunk of chunks(soundOf(words, 33), 0.1)) {
        taken.push(0.1)
        yield chunk
      }
    }
    const reading = transcriber.listen(counted())[Symbol.asyncIterator]()
    // It is read all the time, so that nothing but the sentences can hold the sound back.
    const told: string[] = []
    void (async () => {
      for (let next = await reading.next(); !next.done; next = await reading.next()) told.push(next.value.kind)
    })()
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(told.filter(kind => kind === 'speech-end')).toHaveLength(MOST_WAITING + 1)
    expect(taken.length / 10).toBeLessThan((MOST_WAITING + 1) * 4)
  })

  it('may be silent for long: that is told, and nothing is read', async () => {
    const { transcriber, read } = openScripted(script)
    async function* silence(): AsyncGenerator<SoundChunk, void, undefined> {
      for (let n = 0; n < 10; n++) {
        yield { samples: new Float32Array(60 * HEARING_RATE), sampleRate: HEARING_RATE, channels: 1 }
      }
    }
    const seen = await Array.fromAsync(transcriber.listen(silence()))
    expect(read).toEqual([])
    expect(seen.length).toBeGreaterThan(500)
    expect(seen.every(({ kind }) => kind === 'silence')).toBe(true)
    expect(seen.at(-1)).toMatchObject({ settled: 600 })
  })
})
