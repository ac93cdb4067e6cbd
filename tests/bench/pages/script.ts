import type { Partner } from '#dialogue/types.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'

// Partners whose answer costs nothing, so that what is left is ours. Nothing of a page, nor of Node.

/** A model whose whole answer is there at once, in pieces as models give them. */
export const promptModel = (answer: () => string): LanguageModel => ({
  info: { id: 'scripted', name: 'Scripted', kind: 'echo' },
  health: () => Promise.resolve({ state: 'ready', models: [] }),
  async *reply() {
    yield* answer().split(/(?<=\s)/)
  },
})

export const partnerOf = (model: LanguageModel, speech: SpeechEngine, voice = 'steady'): Partner => ({
  model,
  speech,
  voice: [{ id: voice, weight: 1 }],
  speed: 1,
  lang: 'en-us',
  prompt: history => history,
})

/** Hz of the steady voice. */
export const STEADY_RATE = 24_000
/** UTF-16 units that it speaks in a second, and seconds of its chunks. */
const PACE = 15
const CHUNK = 0.5

/**
 * A voice that is there at once, and speaks each reply on one level: any sample tells whose it is, and whether it is
 * softer than it was.
 */
export function steadyVoice(level: () => number): SpeechEngine {
  return {
    info: { id: 'steady', name: 'Steady', version: '1', languages: ['en-us'], sampleRate: STEADY_RATE },
    supports: () => true,
    load: () => Promise.resolve(),
    voices: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    async *speak(segments) {
      const value = level()
      for await (const segment of segments) yield* steady(segment, value)
    },
  }
}

function* steady({ id, text }: Segment, value: number): Generator<PcmChunk> {
  const seconds = text.length / PACE
  for (let at = 0; at < seconds; at += CHUNK) {
    const length = Math.min(CHUNK, seconds - at)
    yield {
      samples: new Float32Array(Math.round(length * STEADY_RATE)).fill(value),
      sampleRate: STEADY_RATE,
      channels: 1,
      segment: id,
      at,
      last: at + CHUNK >= seconds,
      words: [],
    }
  }
}
