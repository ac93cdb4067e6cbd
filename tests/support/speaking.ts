import { openSpeech } from '../../companion/core/speech.ts'
import { modelsFolder } from './models.ts'

/** Speech for tests that listen, spoken by another voice than those that answer. */
export async function speak(
  text: string,
  voice = 'am_michael',
): Promise<{ samples: Float32Array; sampleRate: number }> {
  const engine = openSpeech({ models: modelsFolder })
  try {
    const parts: Float32Array[] = []
    async function* only() {
      yield { id: 's', text, lang: 'en-us', voice: [{ id: voice, weight: 1 }], speed: 1, lexicon: [], pauseAfter: 0 }
    }
    for await (const { samples } of engine.speak(only())) parts.push(samples)
    return { samples: joined(parts), sampleRate: engine.info.sampleRate }
  } finally {
    await engine.close()
  }
}

/** Sounds of one rate after each other, with silence between them. @param rest seconds */
export function inTurn(sounds: readonly { samples: Float32Array; sampleRate: number }[], rest: number) {
  const { sampleRate } = sounds[0]!
  const silence = new Float32Array(Math.round(rest * sampleRate))
  return { samples: joined(sounds.flatMap(({ samples }, at) => (at ? [silence, samples] : [samples]))), sampleRate }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
