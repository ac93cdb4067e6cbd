import { SeamError } from '#protocol/errors.ts'
import type { Caption, CaptionWord, SoundChunk } from '#protocol/transcribe.ts'
import type { SpeechDetector } from '../../vad/detector.ts'
import { HEARING_RATE, type Recogniser, type RecogniseRun, type Recognition } from '../recogniser.ts'
import { createTranscriber } from '../stream.ts'

// Speech whose words are known. A word is a constant level: 0.01 × (its index + 1), so that sound tells what is said in it.

/** A word of the script: when it sounds, seconds. */
export interface ScriptWord {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Says `text` from `at` on, each word `length` seconds long with `gap` between. */
export function say(text: string, at: number, { length = 0.3, gap = 0.032 } = {}): ScriptWord[] {
  return text.split(' ').map((word, i) => {
    const start = at + i * (length + gap)
    return { text: word, start, end: start + length }
  })
}

const level = (index: number) => (index + 1) / 4096

/** The sound of a script, mono at HEARING_RATE. */
export function soundOf(words: readonly ScriptWord[], seconds: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(seconds * HEARING_RATE))
  words.forEach(({ start, end }, i) => {
    samples.fill(level(i), Math.round(start * HEARING_RATE), Math.round(end * HEARING_RATE))
  })
  return samples
}

/** `samples` in chunks of `seconds`. */
export async function* chunks(
  samples: Float32Array,
  seconds: number,
  { sampleRate = HEARING_RATE, pause }: { sampleRate?: number; pause?: (at: number) => Promise<void> } = {},
): AsyncGenerator<SoundChunk, void, undefined> {
  const size = Math.round(seconds * sampleRate)
  for (let at = 0; at < samples.length; at += size) {
    await pause?.((at + size) / sampleRate)
    yield { samples: samples.slice(at, at + size), sampleRate, channels: 1 }
  }
}

const breath = () => new Promise<void>(resolve => setTimeout(resolve))

/** Sound in chunks of 20 ms, each after everything that the one before caused. */
export const live = (samples: Float32Array) => chunks(samples, 0.02, { pause: breath })

/** Knows speech by its level. */
export function scriptedDetector(frame = 512): SpeechDetector {
  return {
    frame,
    probability: async samples => (samples.some(sample => sample !== 0) ? 1 : 0),
    reset: () => {},
    another: () => scriptedDetector(frame),
    close: async () => {},
  }
}

interface Scripted {
  readonly recogniser: Recogniser
  /** Seconds of sound of each reading, in order. */
  readonly read: number[]
}

export interface ScriptedOptions {
  readonly longest?: number
  readonly times?: boolean
  /** What is heard of a word whose sound is there in this part alone, 0…1; nothing when absent. */
  readonly half?: (word: ScriptWord) => string
  /** Waits, and may throw, before each reading is answered. */
  readonly before?: (reading: number, run: RecogniseRun | undefined) => Promise<void> | void
  /** Changes what was read. */
  readonly after?: (recognition: Recognition, reading: number) => Recognition
}

/** Reads the words of a script from their sound. */
export function scriptedRecogniser(words: readonly ScriptWord[], options: ScriptedOptions = {}): Scripted {
  const { longest = 30, times = true, half, before, after = recognition => recognition } = options
  const read: number[] = []
  return {
    read,
    recogniser: {
      info: { id: 'scripted', name: 'Scripted', version: '1', languages: ['en-us'], wordTimes: times },
      longest,
      load: async () => {},
      async recognise(samples, run) {
        if (samples.length > longest * HEARING_RATE) throw new SeamError('bad-input', 'Too long.')
        const reading = read.push(samples.length / HEARING_RATE) - 1
        await before?.(reading, run)
        if (run?.signal?.aborted) throw new SeamError('cancelled', 'Cancelled.')
        return after(recognise(words, samples, times, half), reading)
      },
      close: async () => {},
    },
  }
}

function recognise(
  words: readonly ScriptWord[],
  samples: Float32Array,
  times: boolean,
  half: ScriptedOptions['half'],
): Recognition {
  const heard: CaptionWord[] = []
  let text = ''
  for (let at = 0; at < samples.length;) {
    const value = samples[at]!
    let end = at
    while (end < samples.length && samples[end] === value) end++
    const word = words[Math.round(value * 4096) - 1]
    if (value > 0 && word) {
      const whole = end - at >= (word.end - word.start) * HEARING_RATE - 2
      const said = whole ? word.text : half?.(word)
      if (said) {
        if (text) text += ' '
        const from = text.length
        text += said
        const start = at / HEARING_RATE
        heard.push({ text: said, from, to: text.length, start, end: end / HEARING_RATE })
      }
    }
    at = end
  }
  return { text, words: times ? heard : [] }
}

/** A transcriber of a script. */
export function openScripted(words: readonly ScriptWord[], options: ScriptedOptions = {}) {
  const { recogniser, read } = scriptedRecogniser(words, options)
  return { read, transcriber: createTranscriber({ recogniser, detector: scriptedDetector() }) }
}

export const finals = (captions: readonly Caption[]) => captions.filter(({ final }) => final).map(({ text }) => text)

/** Three sentences, said at 1, 5 and 9 s of 13. */
export const SENTENCES = ['it was the best of times', 'it was the worst of times', 'it was the age of wisdom'] as const
export const script: readonly ScriptWord[] = SENTENCES.flatMap((sentence, i) => say(sentence, 1 + i * 4))
export const speech = soundOf(script, 13)
