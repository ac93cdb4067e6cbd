import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'
import { openTranscriber } from '../../companion/core/listening/transcriber.ts'
import { openRecogniser as open } from '../../companion/core/transcription.ts'
import { modelsFolder } from './models.ts'

/** The product's own recogniser: turns speech back into words, to hear whether it was said right. */
export interface Recogniser {
  /** @param samples mono, any rate; what is too long to be read at once is cut at its pauses */
  transcribe(samples: Float32Array, sampleRate: number): Promise<string>
}

let opened: Promise<Recogniser> | undefined

export const openRecogniser = () => (opened ??= opening())

async function opening(): Promise<Recogniser> {
  const recogniser = open({ models: modelsFolder })
  await recogniser.load()
  return {
    async transcribe(samples, sampleRate) {
      const heard = resample(samples, sampleRate, HEARING_RATE)
      if (heard.length <= recogniser.longest * HEARING_RATE) return (await recogniser.recognise(heard)).text
      const transcriber = await openTranscriber({ models: modelsFolder })
      async function* sound() {
        yield { samples: Float32Array.from(heard), sampleRate: HEARING_RATE, channels: 1 as const }
      }
      const captions = await Array.fromAsync(transcriber.transcribe(sound()))
      return captions.map(({ text }) => text).join(' ')
    },
  }
}

/** Windowed-sinc resampling: good enough for a recogniser, and independent of the product's own resampler. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples
  const cutoff = Math.min(1, to / from)
  const reach = Math.ceil(16 / cutoff)
  return Float32Array.from({ length: Math.floor((samples.length * to) / from) }, (_, i) => {
    const place = (i * from) / to
    const centre = Math.floor(place)
    let sum = 0
    for (let k = centre - reach + 1; k <= centre + reach; k++) {
      const sample = samples[k]
      if (sample === undefined) continue
      const x = (place - k) * cutoff
      const window = 0.5 + 0.5 * Math.cos((Math.PI * (place - k)) / reach)
      sum += sample * window * cutoff * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
    }
    return sum
  })
}
