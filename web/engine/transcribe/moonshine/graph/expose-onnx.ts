import { MessageWriter, readFields, readText, type Field } from '../../../speech/kokoro/graph/proto.ts'

// Fields of ONNX's messages, by number. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const MODEL = { graph: 7 } as const
const GRAPH = { node: 1, output: 12 } as const
const NODE = { output: 2, type: 4, attribute: 5 } as const
const ATTRIBUTE = { graph: 6 } as const
const PORT = { name: 1, type: 2 } as const
const TYPE = { tensor: 1 } as const
const TENSOR = { element: 1, float: 1 } as const

/**
 * A model in ONNX whose graph is one `If`, with values from inside of both branches as further outputs, under their own
 * names: float32, of any shape. Weights and nodes stay as they are.
 *
 * @throws RangeError when the file is built otherwise
 */
export function exposeInOnnx(file: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  let branches = 0
  const ports = new MessageWriter()
  for (const name of names) ports.message(GRAPH.output, portOf(name))
  const more = ports.finish()

  const withOutputs = (branch: Uint8Array) => {
    const made = new Set(messagesOf(branch, GRAPH.node).flatMap(node => textsOf(node, NODE.output)))
    const missing = names.find(name => !made.has(name))
    if (missing !== undefined) throw new RangeError(`The model holds no “${missing}”.`)
    branches++
    return new MessageWriter().raw(branch).raw(more)
  }
  const branching = (node: Uint8Array) => {
    const out = mapped(node, NODE.attribute, attribute => mapped(attribute, ATTRIBUTE.graph, withOutputs))
    for (const name of names) out.text(NODE.output, name)
    return out
  }
  const model = mapped(file, MODEL.graph, graph =>
    mapped(graph, GRAPH.node, node =>
      textsOf(node, NODE.type)[0] === 'If' ? branching(node) : new MessageWriter().raw(node),
    ).raw(more),
  ).finish()
  if (branches !== 2) throw new RangeError('The model does not branch in two.')
  return model
}

/** A message with all fields of a number replaced. */
function mapped(message: Uint8Array, id: number, change: (data: Uint8Array) => MessageWriter): MessageWriter {
  const out = new MessageWriter()
  for (const field of fieldsOf(message)) {
    if (field.id === id && field.wire === 2) out.message(id, change(field.data))
    else out.raw(field.whole)
  }
  return out
}

const messagesOf = (message: Uint8Array, id: number) =>
  fieldsOf(message)
    .filter(field => field.id === id)
    .map(({ data }) => data)

const textsOf = (message: Uint8Array, id: number) =>
  fieldsOf(message)
    .filter(field => field.id === id)
    .map(readText)

const fieldsOf = (message: Uint8Array): Field[] => [...readFields(message)]

function portOf(name: string): MessageWriter {
  const tensor = new MessageWriter().varint(TENSOR.element, TENSOR.float)
  const type = new MessageWriter().message(TYPE.tensor, tensor)
  return new MessageWriter().text(PORT.name, name).message(PORT.type, type)
}
