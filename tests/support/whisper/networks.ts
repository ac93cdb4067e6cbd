import { FLOAT, INT64 } from '#engine/speech/kokoro/graph/tensor.ts'
import type { Variable } from './ctranslate2.ts'
import { Graph, port } from './graph.ts'

// Whisper as the hub's conversions lay it out for transformers.js. https://arxiv.org/abs/2212.04356, section 2.2.

/** What the shapes of the weights do not tell. */
export interface Shape {
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly vocabulary: number
  /** Of the encoder: 30 s of sound. */
  readonly frames: number
}

export function shapeOf(variables: ReadonlyMap<string, Variable>): Shape {
  const [vocabulary, width] = variables.get('decoder/embeddings/weight')!.dims as [number, number]
  const [frames] = variables.get('encoder/position_encodings/encodings')!.dims as [number]
  const layers = [...variables.keys()].filter(name => /^decoder\/layer_\d+\/ffn\/linear_0\/weight$/.test(name)).length
  // All of Whisper's heads are 64 wide.
  return { layers, heads: width / 64, width, vocabulary, frames }
}

const MELS = 80
const BOOL = 9
/** As good as never, where a token may not see what follows it. */
const HIDDEN = -1e9

export function encoderOf(variables: ReadonlyMap<string, Variable>): Uint8Array<ArrayBuffer> {
  const { layers, heads, width, frames } = shapeOf(variables)
  const graph = new Graph(variables)
  const conv = (input: string, name: string, stride: number) => {
    const inputs = [input, graph.weight(`encoder/${name}/weight`), graph.weight(`encoder/${name}/bias`)]
    return graph.gelu(graph.add('Conv', inputs, { attributes: { kernel_shape: [3], pads: [1, 1], strides: [stride] } }))
  }
  const sound = conv(conv('input_features', 'conv1', 1), 'conv2', 2)
  let state = graph.add('Add', [
    graph.add('Transpose', [sound], { attributes: { perm: [0, 2, 1] } }),
    graph.weight('encoder/position_encodings/encodings'),
  ])
  for (let layer = 0; layer < layers; layer++) {
    const scope = `encoder/layer_${layer}`
    const inner = graph.norm(state, `${scope}/self_attention/layer_norm`)
    const [query, key, value] = [0, 1, 2].map(part =>
      graph.linear(inner, `${scope}/self_attention/linear_0`, part, 3),
    ) as [string, string, string]
    const found = graph.attend(query, graph.split(key, heads, width), graph.split(value, heads, width), {
      heads,
      width,
    })
    state = graph.add('Add', [state, graph.linear(found, `${scope}/self_attention/linear_1`)])
    state = graph.feedForward(state, `${scope}/ffn`)
  }
  const outputs = { outputs: ['last_hidden_state'] }
  graph.add('Identity', [graph.norm(state, 'encoder/layer_norm')], outputs)
  return graph.finish(
    [port('input_features', FLOAT, ['batch_size', MELS, 2 * frames])],
    [port('last_hidden_state', FLOAT, ['batch_size', frames, width])],
  )
}

/** With and without a past in one, and with what each token attends to in the sound. */
export function decoderOf(variables: ReadonlyMap<string, Variable>): Uint8Array<ArrayBuffer> {
  const { layers, heads, width, vocabulary, frames } = shapeOf(variables)
  const graph = new Graph(variables)
  const size = (of: string, axis: number) => graph.add('Gather', [graph.add('Shape', [of]), graph.ints(axis)])
  const past = size('past_key_values.0.decoder.key', 2)
  const end = graph.add('Add', [past, size('input_ids', 1)])
  const places = graph.add('Slice', [graph.weight('decoder/position_encodings/encodings'), past, end, graph.ints(0)])
  const words = graph.weight('decoder/embeddings/weight')
  let state = graph.add('Add', [graph.add('Gather', [words, 'input_ids']), places])
  const range = (from: string, to: string) =>
    graph.add('Range', [from, to].map(each => graph.add('Squeeze', [each])).concat(graph.int(1)))
  const rows = graph.add('Unsqueeze', [range(past, end), graph.ints(1)])
  const seen = graph.add('LessOrEqual', [range(graph.ints(0), end), rows])
  const mask = graph.add('Where', [seen, graph.floats(0), graph.floats(HIDDEN)])

  for (let layer = 0; layer < layers; layer++) {
    const scope = `decoder/layer_${layer}`
    const cache = (of: 'decoder' | 'encoder', part: 'key' | 'value') => `${layer}.${of}.${part}`
    const inner = graph.norm(state, `${scope}/self_attention/layer_norm`)
    const linear = (part: number) => graph.linear(inner, `${scope}/self_attention/linear_0`, part, 3)
    const kept = (part: 'key' | 'value', made: string) =>
      graph.add('Concat', [`past_key_values.${cache('decoder', part)}`, graph.split(made, heads, width)], {
        attributes: { axis: 2 },
        outputs: [`present.${cache('decoder', part)}`],
      })
    const said = graph.attend(linear(0), kept('key', linear(1)), kept('value', linear(2)), { heads, width, mask })
    state = graph.add('Add', [state, graph.linear(said, `${scope}/self_attention/linear_1`)])

    const query = graph.linear(graph.norm(state, `${scope}/attention/layer_norm`), `${scope}/attention/linear_0`)
    const parts = ['key', 'value'] as const
    const held = parts.map(part => `present.${cache('encoder', part)}`) as [string, string]
    graph.choose(
      'use_cache_branch',
      held,
      () => parts.map(part => `past_key_values.${cache('encoder', part)}`),
      () =>
        parts.map((_, at) =>
          graph.split(graph.linear('encoder_hidden_states', `${scope}/attention/linear_1`, at, 2), heads, width),
        ),
    )
    const heard = graph.attend(query, ...held, { heads, width, weights: `cross_attentions.${layer}` })
    state = graph.add('Add', [state, graph.linear(heard, `${scope}/attention/linear_2`)])
    state = graph.feedForward(state, `${scope}/ffn`)
  }
  const flat = graph.add('Reshape', [graph.norm(state, 'decoder/layer_norm'), graph.ints(-1, width)])
  const scores = graph.add('Gemm', [flat, words], { attributes: { transB: 1 } })
  const shape = graph.add('Concat', [graph.add('Shape', ['input_ids']), graph.ints(vocabulary)], {
    attributes: { axis: 0 },
  })
  graph.add('Reshape', [scores, shape], { outputs: ['logits'] })

  const all = Array.from({ length: layers }, (_, layer) => layer)
  const caches = (prefix: string, decoder: string, encoder: string) =>
    all.flatMap(layer =>
      [`decoder.key ${decoder}`, `decoder.value ${decoder}`, `encoder.key ${encoder}`, `encoder.value ${encoder}`].map(
        each => {
          const [name, length] = each.split(' ') as [string, string]
          return port(`${prefix}.${layer}.${name}`, FLOAT, ['batch_size', heads, length, 64])
        },
      ),
    )
  return graph.finish(
    [
      port('input_ids', INT64, ['batch_size', 'decoder_sequence_length']),
      port('encoder_hidden_states', FLOAT, ['batch_size', 'encoder_sequence_length', width]),
      ...caches('past_key_values', 'past_decoder_sequence_length', 'encoder_sequence_length_out'),
      port('use_cache_branch', BOOL, [1]),
    ],
    [
      port('logits', FLOAT, ['batch_size', 'decoder_sequence_length', vocabulary]),
      ...caches('present', 'all_sequence_length', 'encoder_sequence_length_out'),
      ...all.map(layer =>
        port(`cross_attentions.${layer}`, FLOAT, ['batch_size', heads, 'decoder_sequence_length', frames]),
      ),
    ],
  )
}
