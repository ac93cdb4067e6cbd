import { MessageWriter } from '../../../speech/kokoro/graph/proto.ts'

// A language model of a few hundred bytes that knows which word follows which: small enough to be made by a test, and
// read, run and streamed by the very code that runs those of the hub.

const FLOAT = 1
const INT64 = 7

const text = (id: number, value: string) => new MessageWriter().text(id, value)

/** A ValueInfoProto; dimensions that have a name may have any size. */
export function valueInfo(name: string, type: number, dims: readonly (number | string)[]): MessageWriter {
  const shape = new MessageWriter()
  for (const dim of dims) {
    shape.message(1, typeof dim === 'number' ? new MessageWriter().varint(1, dim) : text(2, dim))
  }
  const tensor = new MessageWriter().varint(1, type).message(2, shape)
  return text(1, name).message(2, new MessageWriter().message(1, tensor))
}

function constant(name: string, type: number, dims: readonly number[], data: ArrayBufferView): MessageWriter {
  const tensor = new MessageWriter()
  for (const dim of dims) tensor.varint(1, dim)
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return tensor.varint(2, type).text(8, name).bytes(9, bytes)
}

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): MessageWriter {
  const writer = new MessageWriter()
  for (const input of inputs) writer.text(1, input)
  writer.text(2, output).text(4, op)
  for (const [name, value] of Object.entries(attributes)) {
    // An attribute of type INT.
    writer.message(5, text(1, name).varint(3, value).varint(20, 2))
  }
  return writer
}

/** The network: a row of a table for each word, and a cache of the shape that decoders have, which nothing reads. */
function network(follows: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = follows.length
  const table = new Float32Array(size * size)
  for (const [from, to] of follows.entries()) table[from * size + to] = 10
  const graph = new MessageWriter()
    .message(1, node('Gather', ['table', 'input_ids'], 'logits', { axis: 0 }))
    .message(1, node('Cast', ['input_ids'], 'ids', { to: FLOAT }))
    .message(1, node('Reshape', ['ids', 'shape'], 'step'))
  for (const part of ['key', 'value']) {
    graph.message(1, node('Concat', [`past_key_values.0.${part}`, 'step'], `present.0.${part}`, { axis: 2 }))
  }
  graph.text(2, 'tiny')
  graph.message(5, constant('table', FLOAT, [size, size], table))
  graph.message(5, constant('shape', INT64, [4], BigInt64Array.of(1n, 1n, -1n, 1n)))
  graph.message(11, valueInfo('input_ids', INT64, ['batch', 'length']))
  for (const part of ['key', 'value']) {
    graph.message(11, valueInfo(`past_key_values.0.${part}`, FLOAT, ['batch', 1, 'past', 1]))
  }
  graph.message(12, valueInfo('logits', FLOAT, ['batch', 'length', size]))
  for (const part of ['key', 'value']) {
    graph.message(12, valueInfo(`present.0.${part}`, FLOAT, ['batch', 1, 'all', 1]))
  }
  const opset = text(1, '').varint(2, 17)
  return new MessageWriter().varint(1, 9).message(7, graph).message(8, opset).finish()
}

/** Files of a model that answers everything with `answer`, by their paths in a repository of the hub. */
export function tinyModel(answer: readonly string[]): Readonly<Record<string, Uint8Array<ArrayBuffer>>> {
  const words = ['<unk>', '<eos>', '<bot>', ...answer]
  // After what it does not know, and after the end, nothing follows but the end.
  const follows = words.map((_, at) => (at < 2 ? 1 : at + 1 < words.length ? at + 1 : 1))
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const added = words.slice(0, 3).map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }))
  return {
    'config.json': json({
      architectures: ['GPT2LMHeadModel'],
      model_type: 'gpt2',
      vocab_size: words.length,
      n_layer: 1,
      n_head: 1,
      n_embd: 1,
      eos_token_id: 1,
      bos_token_id: 1,
      pad_token_id: 1,
    }),
    'generation_config.json': json({ eos_token_id: 1, bos_token_id: 1, pad_token_id: 1 }),
    'tokenizer.json': json({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
      model: {
        type: 'WordPiece',
        unk_token: '<unk>',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      },
    }),
    'tokenizer_config.json': json({
      tokenizer_class: 'PreTrainedTokenizer',
      eos_token: '<eos>',
      unk_token: '<unk>',
      pad_token: '<eos>',
      model_max_length: 2048,
      chat_template: '{% for message in messages %}{{ message.content }} {% endfor %}<bot>',
    }),
    'onnx/model.onnx': network(follows),
  }
}
