import { SeamError } from '#protocol/errors.ts'
import { readNpz, type NpyArray } from './npz.ts'
import { attend, gelu, layerNorm, linear } from './tensor.ts'

/** Spells unknown words in phonemes. */
export interface NeuralG2p {
  /**
   * @param word letters, apostrophes and hyphens; anything else is ignored
   * @returns phonemes in the lexicon's alphabet (`ɾ` for the flap), or '' when the word has no known letter
   */
  pronounce(word: string): string
  /** The longest word it reads, in letters; a longer one is cut there. */
  readonly longest: number
}

interface Meta {
  readonly grapheme_chars: string
  readonly phoneme_chars: string
  readonly d_model: number
  readonly ffn_dim: number
  readonly num_heads: number
  readonly max_position_embeddings: number
  readonly bos_token_id: number
  readonly eos_token_id: number
  readonly decoder_start_token_id: number
  readonly layer_norm_eps: number
  readonly position_offset: number
}

const UNKNOWN = 3

/**
 * A small BART (Lewis et al. 2019): one encoder and one decoder layer, post-norm, learned positions, GELU. Decoding is
 * greedy; the decoder keeps its keys and values, so each step costs one vector, not the whole prefix.
 */
export function loadNeuralG2p(bytes: Uint8Array): NeuralG2p {
  const arrays = readNpz(bytes)
  const meta = readMeta(arrays)
  const width = meta.d_model
  const tensor = (name: string, size: number): Float32Array => {
    const array = arrays.get(name)
    if (array?.values.length !== size) {
      throw new SeamError('integrity', `The pronunciation model lacks “${name}” in the size it should have.`)
    }
    return array.values
  }
  const dense = (name: string, rows: number, columns: number) => {
    const weight = tensor(`${name}.weight`, rows * columns)
    const bias = tensor(`${name}.bias`, rows)
    return (x: Float32Array) => {
      const out = new Float32Array(rows)
      linear(out, weight, bias, x, rows)
      return out
    }
  }
  const norm = (name: string) => {
    const scale = tensor(`${name}.weight`, width)
    const shift = tensor(`${name}.bias`, width)
    return (x: Float32Array) => layerNorm(x, scale, shift, meta.layer_norm_eps)
  }
  const attention = (name: string) => ({
    query: dense(`${name}.q_proj`, width, width),
    key: dense(`${name}.k_proj`, width, width),
    value: dense(`${name}.v_proj`, width, width),
    out: dense(`${name}.out_proj`, width, width),
  })
  const feedForward = (name: string) => {
    const up = dense(`${name}.fc1`, meta.ffn_dim, width)
    const down = dense(`${name}.fc2`, width, meta.ffn_dim)
    return (x: Float32Array) => {
      const hidden = up(x)
      gelu(hidden)
      return down(hidden)
    }
  }
  const rows = meta.max_position_embeddings + meta.position_offset
  const shared = tensor('model.shared.weight', (arrays.get('model.shared.weight')?.shape[0] ?? 0) * width)
  const vocabulary = shared.length / width
  const finalBias = tensor('final_logits_bias', vocabulary)
  const side = (name: 'encoder' | 'decoder') => ({
    positions: tensor(`model.${name}.embed_positions.weight`, rows * width),
    embedNorm: norm(`model.${name}.layernorm_embedding`),
    self: attention(`model.${name}.layers.0.self_attn`),
    selfNorm: norm(`model.${name}.layers.0.self_attn_layer_norm`),
    feed: feedForward(`model.${name}.layers.0`),
    finalNorm: norm(`model.${name}.layers.0.final_layer_norm`),
  })
  const encoder = side('encoder')
  const decoder = side('decoder')
  const cross = attention('model.decoder.layers.0.encoder_attn')
  const crossNorm = norm('model.decoder.layers.0.encoder_attn_layer_norm')

  const embed = (part: typeof encoder, token: number, position: number): Float32Array => {
    const x = shared.slice(token * width, (token + 1) * width)
    add(x, part.positions.subarray((position + meta.position_offset) * width))
    part.embedNorm(x)
    return x
  }
  const feed = (part: typeof encoder, x: Float32Array): void => {
    add(x, part.feed(x))
    part.finalNorm(x)
  }
  const mixed = new Float32Array(width)

  function encode(tokens: readonly number[]): Float32Array[] {
    const states = tokens.map((token, position) => embed(encoder, token, position))
    const keys = states.map(encoder.self.key)
    const values = states.map(encoder.self.value)
    const queries = states.map(encoder.self.query)
    states.forEach((x, index) => {
      attend(mixed, queries[index]!, keys, values)
      add(x, encoder.self.out(mixed))
      encoder.selfNorm(x)
      feed(encoder, x)
    })
    return states
  }

  const graphemes = new Map([...meta.grapheme_chars].map((char, index) => [char, index]))
  const phonemes = [...meta.phoneme_chars]
  const longest = meta.max_position_embeddings - 2

  function pronounce(word: string): string {
    const letters: number[] = []
    for (const char of word) {
      const token = graphemes.get(char) ?? graphemes.get(char.toLowerCase())
      if (token !== undefined && token > UNKNOWN && letters.length < longest) letters.push(token)
    }
    if (letters.length === 0) return ''
    const states = encode([meta.bos_token_id, ...letters, meta.eos_token_id])
    const crossKeys = states.map(cross.key)
    const crossValues = states.map(cross.value)
    const selfKeys: Float32Array[] = []
    const selfValues: Float32Array[] = []
    const logits = new Float32Array(vocabulary)
    let token = meta.decoder_start_token_id
    let result = ''
    for (let position = 0; position < meta.max_position_embeddings; position++) {
      const x = embed(decoder, token, position)
      selfKeys.push(decoder.self.key(x))
      selfValues.push(decoder.self.value(x))
      attend(mixed, decoder.self.query(x), selfKeys, selfValues)
      add(x, decoder.self.out(mixed))
      decoder.selfNorm(x)
      attend(mixed, cross.query(x), crossKeys, crossValues)
      add(x, cross.out(mixed))
      crossNorm(x)
      feed(decoder, x)
      linear(logits, shared, finalBias, x, vocabulary)
      token = highest(logits)
      if (token === meta.eos_token_id) break
      if (token > UNKNOWN) result += phonemes[token] ?? ''
    }
    return result
  }
  return { pronounce, longest }
}

function readMeta(arrays: ReadonlyMap<string, NpyArray>): Meta {
  try {
    const meta = JSON.parse(arrays.get('meta_json')?.text ?? '') as Meta
    if (meta.num_heads !== 1 || meta.d_model % 4 !== 0) throw new Error('unknown shape')
    return meta
  } catch (cause) {
    throw new SeamError('integrity', 'The pronunciation model does not say how it is built. Fetch it again.', { cause })
  }
}

function add(x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + y[i]!
}

function highest(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}
