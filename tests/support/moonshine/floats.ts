import { findProduct, type QuantisedWeight } from '#engine/speech/kokoro/graph/dequantise.ts'
import { GraphEdit } from '#engine/speech/kokoro/graph/edit.ts'
import { readModel, writeModel, type Attribute, type Model } from '#engine/speech/kokoro/graph/model.ts'
import { MessageWriter, readFields } from '#engine/speech/kokoro/graph/proto.ts'
import { FLOAT, newTensor, scalarOf, sizeOf, valuesOf, type Tensor } from '#engine/speech/kokoro/graph/tensor.ts'

/** Of a model its graph, of an attribute the graph that it holds. */
const GRAPH = { ofModel: 7, ofAttribute: 6 } as const
/** What an attribute calls itself when it holds a graph. */
const KIND = { field: 20, graph: 5 } as const

/**
 * A network of Moonshine with its 8-bit weights as floats: the hub's file in full precision, but for what was rounded
 * away. Graphics cards compute these; no registry has them.
 */
export function inFloats(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const model = readModel(file)
  const weights = new Map<string, Tensor>()
  const branches = new Map(model.nodes.filter(({ op }) => op === 'If').map(node => [node, [] as Attribute[]]))
  if (branches.size === 0) {
    const { nodes, constants } = rewritten(model, model.constants, weights)
    return writeModel({ ...model, nodes, constants: [...constants, ...weights.values()] })
  }
  const used = new Set<string>()
  const nodes = model.nodes.map(node => ({
    ...node,
    attributes: node.attributes.map(attribute => {
      const inside = graphOf(attribute)
      if (!inside) return attribute
      const branch = rewritten({ ...inside, opsets: model.opsets }, [...model.constants, ...inside.constants], weights)
      for (const name of branch.nodes.flatMap(({ inputs }) => inputs)) used.add(name)
      const own = branch.constants.filter(({ name }) => !model.constants.some(outer => outer.name === name))
      return attributeOf(attribute.name, { ...branch, constants: own })
    }),
  }))
  // Both branches read the same weights: they lie outside of them.
  const kept = model.constants.filter(({ name }) => used.has(name))
  return writeModel({ ...model, nodes, constants: [...kept, ...weights.values()] })
}

/** @param weights those that became floats, by name: added to */
function rewritten(model: Model, constants: readonly Tensor[], weights: Map<string, Tensor>): Model {
  const edit = new GraphEdit({ ...model, constants })
  const asFloats = (weight: QuantisedWeight) => {
    const name = `${weight.q.name}/floats`
    if (!weights.has(name)) weights.set(name, floatsOf(name, weight))
    return name
  }
  for (const node of edit.all('MatMulInteger')) {
    const product = findProduct(edit, node)
    if (!product) throw new RangeError(`“${node.name}” stands in another way.`)
    edit.remove(...product.chain)
    edit.replace(node, { op: 'MatMul', inputs: [product.source, asFloats(product.weight)], outputs: [product.result] })
  }
  for (const node of edit.all('DequantizeLinear')) {
    const reader = edit.maker(node.inputs[0])
    const [q, scale, zero] = [reader?.inputs[0], ...node.inputs.slice(1)].map(name => edit.constant(name))
    if (!reader || !q || !scale) throw new RangeError(`“${node.name}” stands in another way.`)
    edit.remove(node)
    edit.replace(reader, {
      inputs: [asFloats({ q, scale, zero }), ...reader.inputs.slice(1)],
      outputs: node.outputs,
    })
  }
  return edit.finish()
}

function floatsOf(name: string, { q, scale, zero }: QuantisedWeight): Tensor {
  const factor = scalarOf(scale)
  if (factor === undefined) throw new RangeError(`“${q.name}” has several scales.`)
  const centre = scalarOf(zero) ?? 0
  const values = valuesOf(q)
  const floats = new Float32Array(sizeOf(q))
  for (let i = 0; i < floats.length; i++) floats[i] = (values[i]! - centre) * factor
  return newTensor(name, FLOAT, q.dims, floats)
}

function graphOf({ bytes }: Attribute): Model | undefined {
  for (const field of readFields(bytes)) {
    if (field.id === GRAPH.ofAttribute) return readModel(new MessageWriter().bytes(GRAPH.ofModel, field.data).finish())
  }
  return undefined
}

function attributeOf(name: string, graph: Model): Attribute {
  const out = new MessageWriter().text(1, name)
  for (const field of readFields(writeModel(graph))) {
    if (field.id === GRAPH.ofModel) out.bytes(GRAPH.ofAttribute, field.data)
  }
  return { name, bytes: out.varint(KIND.field, KIND.graph).finish() }
}
