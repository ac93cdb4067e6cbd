import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { modelPath } from './models.ts'

/** Moonshine Tiny (English), greedy: turns speech back into words, to hear whether it was said right. */
export interface Recogniser {
  /** @param samples mono, any rate; at most 30 s are sensible, the decoder repeats itself beyond */
  transcribe(samples: Float32Array, sampleRate: number): Promise<string>
}

const RATE = 16_000
const BEGIN = 1
const END = 2
const LAYERS = 6
const HEADS = 8
const WIDTH = 36
/** The longest speech that people manage, in tokens a second. */
const TOKENS_PER_SECOND = 6.5

let opened: Promise<Recogniser> | undefined

export const openRecogniser = () => (opened ??= open())

async function open(): Promise<Recogniser> {
  const path = (file: string) => modelPath('moonshine-tiny-en', file)
  const [encoder, decoder, tokens] = await Promise.all([
    ort.InferenceSession.create(path('encoder_model.ort')),
    ort.InferenceSession.create(path('decoder_model_merged.ort')),
    readFile(path('tokenizer.bin')).then(readTokens),
  ])
  return {
    async transcribe(samples, sampleRate) {
      const audio = resample(samples, sampleRate, RATE)
      if (audio.length < RATE / 10) return ''
      const mask = new ort.Tensor('int64', new BigInt64Array(audio.length).fill(1n), [1, audio.length])
      const { last_hidden_state: hidden } = await encoder.run({
        input_values: new ort.Tensor('float32', audio, [1, audio.length]),
        attention_mask: mask,
      })
      const past: Record<string, ort.Tensor> = {}
      for (let layer = 0; layer < LAYERS; layer++) {
        for (const side of ['decoder', 'encoder']) {
          for (const part of ['key', 'value']) {
            const name = `past_key_values.${layer}.${side}.${part}`
            past[name] = new ort.Tensor('float32', new Float32Array(0), [1, HEADS, 0, WIDTH])
          }
        }
      }
      const said: number[] = []
      const most = Math.max(1, Math.ceil((audio.length / RATE) * TOKENS_PER_SECOND))
      for (let step = 0, token = BEGIN; step < most; step++) {
        const results = await decoder.run({
          input_ids: new ort.Tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]),
          encoder_hidden_states: hidden!,
          encoder_attention_mask: mask,
          use_cache_branch: new ort.Tensor('bool', [step > 0], [1]),
          ...past,
        })
        token = argmax(results['logits']!.data as Float32Array)
        if (token === END) break
        said.push(token)
        for (const [name, tensor] of Object.entries(results)) {
          // The encoder's part of the cache comes from the first step alone.
          if (name === 'logits' || (step > 0 && name.includes('.encoder.'))) continue
          past[name.replace('present', 'past_key_values')] = tensor
        }
      }
      const bytes = Buffer.concat(said.map(id => tokens[id] ?? Buffer.alloc(0)))
      return bytes.toString('utf8').replaceAll('▁', ' ').trim()
    },
  }
}

/** For each id a length (one byte, or two: second × 128 + first − 128), then that many bytes of UTF-8. */
function readTokens(file: Buffer): Buffer[] {
  const tokens: Buffer[] = []
  for (let at = 0; at < file.length;) {
    let length = file[at++]!
    if (length >= 128) length = file[at++]! * 128 + length - 128
    tokens.push(file.subarray(at, at + length))
    at += length
  }
  return tokens
}

function argmax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
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
