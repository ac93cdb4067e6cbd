import { SeamError } from '#protocol/errors.ts'
import type { OrtTensor, Tensors } from '../../ort.ts'
import type { Step } from './decode.ts'
import { attentionOf, type Head } from './graph/attention.ts'
import { HEADS, HEAD_WIDTH } from './meta.ts'
import { HIDDEN, PAST, PRESENT } from './ports.ts'
import type { MoonshineRuntime, Network } from './runtime.ts'

export interface Networks {
  readonly encoder: Network
  readonly decoder: Network
}

/** One stretch of sound under the decoder. */
export interface Reading {
  /** Of the encoder. */
  readonly frames: number
  /** @param heads those whose attention is wanted */
  next(token: number, heads: readonly Head[]): Promise<Step>
  /** Gives all memory back. Nothing may be asked afterwards. */
  end(): void
}

/** @param samples mono at HEARING_RATE */
export async function beginReading(
  { encoder, decoder }: Networks,
  runtime: MoonshineRuntime,
  samples: Float32Array,
): Promise<Reading> {
  const shape = [1, samples.length]
  const sound = runtime.float32(samples, shape)
  const mask = runtime.int64(new BigInt64Array(samples.length).fill(1n), shape)
  const feeds = only(encoder, { input_values: sound, attention_mask: mask })
  const { [HIDDEN]: hidden } = await encoder.run(feeds, [HIDDEN])
  sound.dispose?.()
  const frames = hidden?.dims[1]
  if (!hidden || !frames) throw new SeamError('engine', 'The recogniser’s encoder answers nothing. Verify the model.')

  const empty = () => runtime.float32(new Float32Array(0), [1, HEADS, 0, HEAD_WIDTH])
  const past: Tensors = Object.fromEntries(
    decoder.inputs.filter(name => name.startsWith(PAST)).map(name => [name, empty()]),
  )
  const held = { encoder_hidden_states: hidden, encoder_attention_mask: mask }
  let first = true

  return {
    frames,
    async next(token, heads) {
      const ids = runtime.int64(BigInt64Array.of(BigInt(token)), [1, 1])
      const cached = runtime.bool(!first)
      const feeds = { ...only(decoder, { input_ids: ids, use_cache_branch: cached, ...held }), ...past }
      // What the decoder keeps of the encoder comes from the first step alone.
      const kept = Object.keys(past).filter(name => first || !name.includes('.encoder.'))
      const layers = [...new Set(heads.map(({ layer }) => attentionOf(layer)))]
      const wanted = ['logits', ...kept.map(name => name.replace(PAST, PRESENT)), ...layers]
      const results = await decoder.run(feeds, wanted)
      for (const tensor of [ids, cached]) tensor.dispose?.()
      for (const name of kept) {
        past[name]?.dispose?.()
        past[name] = there(results, name.replace(PAST, PRESENT))
      }
      first = false
      const logits = floats(there(results, 'logits'))
      const attention = heads.map(({ layer, head }) => {
        const values = floats(there(results, attentionOf(layer)))
        return values.slice(head * frames, (head + 1) * frames)
      })
      for (const layer of layers) results[layer]?.dispose?.()
      return { logits, attention }
    },
    end() {
      for (const tensor of [hidden, mask, ...Object.values(past)]) tensor.dispose?.()
    },
  }
}

/** The hub's files have no masks. */
const only = ({ inputs }: Network, feeds: Tensors): Tensors =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.includes(name)))

function there(results: Tensors, name: string): OrtTensor {
  const tensor = results[name]
  if (!tensor) throw new SeamError('engine', `The recogniser’s network has no output “${name}”. Verify the model.`)
  return tensor
}

function floats({ data }: OrtTensor): Float32Array {
  if (!(data instanceof Float32Array)) throw new SeamError('engine', 'The recogniser’s network answers with no floats.')
  return data
}
