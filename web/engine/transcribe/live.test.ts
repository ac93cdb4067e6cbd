import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { HearRun } from './events.ts'
import { contextFor } from './reader.ts'
import {
  chunks,
  finals,
  live,
  openScripted,
  say,
  script,
  type ScriptedOptions,
  type ScriptWord,
  soundOf,
} from './testing/scripted.ts'
import { CONVERSATION_RULES } from './utterances.ts'

const wait = () => new Promise<void>(resolve => setTimeout(resolve))

describe('live captions', () => {
  const listen = async (words: readonly ScriptWord[], seconds: number, options: ScriptedOptions, run: HearRun = {}) => {
    const opened = openScripted(words, options)
    const sound = live(soundOf(words, seconds))
    const events = await Array.fromAsync(opened.transcriber.listen(sound, { live: true, ...run }))
    const captions = events.flatMap(event => ('caption' in event && event.caption ? [event.caption] : []))
    return { ...opened, events, captions }
  }

  it('come at least every half second of speech, and become the final one', async () => {
    const words = say('one two three four five six seven eight nine ten', 1)
    const { captions } = await listen(words, 6, {})
    const partials = captions.filter(({ final }) => !final)
    partials.slice(1).forEach(({ end }, i) => expect(end - partials[i]!.end).toBeLessThanOrEqual(0.5))
    expect(partials[0]!.end - 1).toBeLessThanOrEqual(0.5)
    expect(captions.at(-1)).toMatchObject({ final: true, text: words.map(({ text }) => text).join(' '), utterance: 0 })
  })

  it('read the end of a long utterance alone, and say the same as one reading of it all', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `w${i}`).join(' ')
    const words = say(text, 1)
    const { captions, read } = await listen(words, 23, { half: ({ text }) => text.slice(1) })
    expect(finals(captions)).toEqual([text])
    expect(captions.at(-1)!.words.map(({ start }) => Math.round(start * 1000))).toEqual(
      words.map(({ start }) => Math.round(start * 1000)),
    )
    // Whole, the last readings would have had twenty seconds.
    expect(Math.max(...read)).toBeLessThan(13)
  })

  it.each([
    [undefined, 4],
    [1, 4],
    [0.0625, 4],
    [0.05, 5],
    [0.25 / 12, 12],
    [0, 12],
  ])('read as a whole what a machine of factor %s reads soon: %d s', (factor, seconds) => {
    expect(contextFor(factor)).toBeCloseTo(seconds)
  })

  it('make no reading for the final one when the last had all words', async () => {
    const words = say('one two three four', 1)
    const { events, read } = await listen(words, 4, {}, { rules: CONVERSATION_RULES })
    const whole = events.findLastIndex(event => event.kind === 'partial' && event.whole)
    const kinds = events.slice(whole).map(({ kind }) => kind)
    expect(kinds.slice(0, 3)).toEqual(['partial', 'speech-end', 'final'])
    expect(read.length).toBe(events.filter(({ kind }) => kind === 'partial').length)
  })

  it('tell of speech, of its soft end, of its going on, and of its end', async () => {
    const words = [...say('one two', 1), ...say('three', 1.664 + 0.15)]
    const { events } = await listen(words, 4, {}, { rules: CONVERSATION_RULES })
    const kinds = events.map(({ kind }) => kind).filter(kind => kind !== 'partial' && kind !== 'silence')
    expect(kinds).toEqual(['speech-start', 'soft-end', 'resumed', 'soft-end', 'speech-end', 'final'])
  })

  it('leave a reading out rather than fall behind', async () => {
    const words = say(Array.from({ length: 40 }, (_, i) => `w${i}`).join(' '), 1)
    // Each reading takes as long as two seconds of sound.
    let now = 0
    let waiting: { until: number; go: () => void } | undefined
    const slow = openScripted(words, {
      before: () =>
        new Promise<void>(go => {
          if (now < 16) waiting = { until: now + 2, go }
          else go()
        }),
    })
    const clock = async (at: number) => {
      now = at
      if (waiting && (waiting.until <= now || now >= 16)) waiting.go()
      await wait()
    }
    const sound = chunks(soundOf(words, 16), 0.02, { pause: clock })
    const captions = await Array.fromAsync(slow.transcriber.transcribe(sound, { live: true }))
    expect(slow.read.length).toBeLessThan(12)
    expect(slow.read.length).toBeGreaterThan(3)
    expect(finals(captions)).toEqual([words.map(({ text }) => text).join(' ')])
  })

  it('take words back that were none', async () => {
    const words = say('cough', 1, { length: 0.8 })
    const wrong = { text: 'Thank you.', words: [] }
    const { captions } = await listen(words, 4, {
      after: (recognition, reading) => (reading === 0 ? wrong : { ...recognition, text: '', words: [] }),
    })
    expect(captions.map(({ final, text }) => [final, text])).toEqual([
      [false, 'Thank you.'],
      [true, ''],
    ])
  })

  it('say nothing of a sound too short for speech', async () => {
    const words = say('click', 0.992, { length: 0.12 })
    const { events, read } = await listen(words, 4, {})
    expect(events.map(({ kind }) => kind).filter(kind => kind !== 'silence')).toEqual([
      'speech-start',
      'soft-end',
      'dropped',
    ])
    expect(read).toEqual([])
  })

  it('survive a reading that fails', async () => {
    const words = say('one two three four five six', 1)
    const { captions } = await listen(words, 5, {
      before: reading => {
        if (reading % 2 === 0) throw new SeamError('engine', 'The network failed.', { retryable: true })
      },
    })
    expect(finals(captions)).toEqual(['one two three four five six'])
  })

  it('find speech without reading a word, for who only wants to know that', async () => {
    const { events, read } = await listen(script, 13, {}, { captions: false })
    expect(read).toEqual([])
    expect(events.filter(({ kind }) => kind === 'final')).toHaveLength(3)
    expect(events.filter(({ kind }) => kind === 'partial')).toHaveLength(0)
  })

  it('go on with a sentence that somebody else began', async () => {
    const words = say('it was the best of times', 0.5)
    const since = { at: 100, utterance: 7, said: 'It was' }
    const { captions } = await listen(words, 4, {}, { since })
    expect(captions.every(({ utterance, text }) => utterance === 7 && text.startsWith('It was'))).toBe(true)
    expect(finals(captions)).toEqual(['It was the best of times'])
    expect(captions.at(-1)!.words[0]!.start).toBeGreaterThan(100)
    expect(captions.at(-1)!.end).toBeLessThan(103)
  })

  it('never change what they called stable, however words are misheard', async () => {
    const word = fc.constantFrom('a', 'an', 'and', 'then', 'the', 'them')
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 5, maxLength: 30 }),
        fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (texts, noise, times) => {
          const words = say(texts.join(' '), 0.5)
          const opened = openScripted(words, {
            times,
            half: ({ text }) => text.slice(1),
            after: (recognition, reading) => {
              const at = noise[reading % noise.length]!
              // Now and then a reading swaps a word, which keeps the length.
              const from = recognition.words[at]?.from
              if (from === undefined) return recognition
              const text = `${recognition.text.slice(0, from)}x${recognition.text.slice(from + 1)}`
              return { ...recognition, text }
            },
          })
          const sound = soundOf(words, words.at(-1)!.end + 1)
          const kept = new Map<number, string>()
          const ended = new Set<number>()
          const captions = opened.transcriber.transcribe(chunks(sound, 0.1, { pause: wait }), { live: true })
          for await (const { utterance, text, stable, final, words } of captions) {
            expect(ended.has(utterance)).toBe(false)
            const before = kept.get(utterance) ?? ''
            expect(text.slice(0, before.length)).toBe(before)
            expect(stable).toBeGreaterThanOrEqual(before.length)
            for (const each of words) expect(text.slice(each.from, each.to)).toBe(each.text)
            kept.set(utterance, text.slice(0, stable))
            if (final) ended.add(utterance)
          }
          expect(ended.size).toBe(1)
        },
      ),
      { numRuns: 15 },
    )
  })
})
