// ONNX ModelProto, GraphProto, NodeProto and AttributeProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { MessageWriter, readFields, readInts, readText, type Field } from './proto.ts'
import { readTensor, writeTensor, type Tensor } from './tensor.ts'

/** An attribute as the file wrote it; `intsOf` and its kin read it. */
export interface Attribute {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface Node {
  readonly name: string
  readonly op: string
  readonly domain: string
  /** An empty string stands for an optional input that is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly Attribute[]
  /** Tensors of the outer graph that a subgraph of this node (If, Loop) reads. */
  readonly captures: readonly string[]
  readonly rest: readonly Uint8Array[]
}

/** A graph input or output: its name and its ValueInfoProto. */
export interface Port {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface Model {
  nodes: readonly Node[]
  constants: readonly Tensor[]
  inputs: readonly Port[]
  outputs: readonly Port[]
  /** Operator set versions by domain; '' is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>
  readonly graphRest: readonly Uint8Array[]
  readonly rest: readonly Uint8Array[]
}

/** Reads a model; tensors stay views into `bytes`. Intermediate shapes (value_info) are left out: rewrites void them. */
export function readModel(bytes: Uint8Array): Model {
  const rest: Uint8Array[] = []
  const opsets = new Map<string, number>()
  let graph: Uint8Array = new Uint8Array(0)
  for (const field of readFields(bytes)) {
    if (field.id === 7) graph = field.data
    else if (field.id === 8) {
      let domain = ''
      let version = 0
      for (const part of readFields(field.data)) {
        if (part.id === 1) domain = readText(part)
        else if (part.id === 2) version = Number(part.varint)
      }
      opsets.set(domain === 'ai.onnx' ? '' : domain, version)
    } else rest.push(field.whole)
  }
  const nodes: Node[] = []
  const constants: Tensor[] = []
  const inputs: Port[] = []
  const outputs: Port[] = []
  const graphRest: Uint8Array[] = []
  for (const field of readFields(graph)) {
    if (field.id === 1) nodes.push(readNode(field.data))
    else if (field.id === 5) constants.push(readTensor(field.data))
    else if (field.id === 11) inputs.push(readPort(field))
    else if (field.id === 12) outputs.push(readPort(field))
    else if (field.id !== 13) graphRest.push(field.whole)
  }
  return { nodes, constants, inputs, outputs, opsets, graphRest, rest }
}

export function writeModel(model: Model): Uint8Array<ArrayBuffer> {
  const graph = new MessageWriter()
  for (const node of model.nodes) graph.message(1, writeNode(node))
  for (const field of model.graphRest) graph.raw(field)
  for (const tensor of model.constants) graph.message(5, writeTensor(tensor))
  for (const port of model.inputs) graph.bytes(11, port.bytes)
  for (const port of model.outputs) graph.bytes(12, port.bytes)
  const out = new MessageWriter()
  for (const field of model.rest) out.raw(field)
  const used = new Set(model.nodes.map(node => node.domain))
  for (const [domain, version] of model.opsets) {
    if (domain === '' || used.has(domain)) out.message(8, new MessageWriter().text(1, domain).varint(2, version))
  }
  return out.message(7, graph).finish()
}

function readNode(bytes: Uint8Array): Node {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: Attribute[] = []
  const captures: string[] = []
  const rest: Uint8Array[] = []
  let name = ''
  let op = ''
  let domain = ''
  for (const field of readFields(bytes)) {
    if (field.id === 1) inputs.push(readText(field))
    else if (field.id === 2) outputs.push(readText(field))
    else if (field.id === 3) name = readText(field)
    else if (field.id === 4) op = readText(field)
    else if (field.id === 7) domain = readText(field)
    else if (field.id === 5) {
      attributes.push({ name: attributeName(field.data), bytes: field.data })
      for (const part of readFields(field.data)) {
        if (part.wire === 2 && (part.id === 6 || part.id === 11)) captures.push(...namesRead(part.data))
      }
    } else rest.push(field.whole)
  }
  return { name, op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes, captures, rest }
}

/** Every tensor name that the nodes of a subgraph read; names it makes itself do no harm in the list. */
function namesRead(graph: Uint8Array): string[] {
  const names: string[] = []
  for (const field of readFields(graph)) {
    if (field.id === 1) {
      const node = readNode(field.data)
      names.push(...node.inputs, ...node.captures)
    } else if (field.id === 12) names.push(readPort(field).name)
  }
  return names
}

function writeNode(node: Node): MessageWriter {
  const out = new MessageWriter()
  for (const name of node.inputs) out.text(1, name)
  for (const name of node.outputs) out.text(2, name)
  out.text(3, node.name).text(4, node.op)
  for (const attribute of node.attributes) out.bytes(5, attribute.bytes)
  if (node.domain !== '') out.text(7, node.domain)
  for (const field of node.rest) out.raw(field)
  return out
}

function readPort(field: Field): Port {
  for (const part of readFields(field.data)) if (part.id === 1) return { name: readText(part), bytes: field.data }
  return { name: '', bytes: field.data }
}

/** The port under another name: same type and shape. */
export function renamedPort(port: Port, name: string): Port {
  const out = new MessageWriter().text(1, name)
  for (const part of readFields(port.bytes)) if (part.id !== 1) out.raw(part.whole)
  return { name, bytes: out.finish() }
}

/** A one-dimensional port whose length has a symbolic name. */
export function vectorPort(name: string, type: number, length: string): Port {
  const dim = new MessageWriter().text(2, length)
  const shape = new MessageWriter().message(1, dim)
  const tensor = new MessageWriter().varint(1, type).message(2, shape)
  const info = new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor))
  return { name, bytes: info.finish() }
}

function attributeName(bytes: Uint8Array): string {
  for (const part of readFields(bytes)) if (part.id === 1) return readText(part)
  return ''
}

function attribute(node: Node, name: string): Uint8Array {
  return node.attributes.find(candidate => candidate.name === name)?.bytes ?? new Uint8Array(0)
}

/** An `ints` (or `int`) attribute; undefined when the node lacks it. */
export function intsOf(node: Node, name: string): number[] | undefined {
  const values: number[] = []
  for (const part of readFields(attribute(node, name))) {
    if (part.id === 3 || part.id === 8) values.push(...readInts(part))
  }
  return values.length > 0 ? values : undefined
}

/** The tensor of a Constant node's `value`. */
export function tensorOf(node: Node, name: string): Tensor | undefined {
  for (const part of readFields(attribute(node, name))) if (part.id === 5) return readTensor(part.data)
  return undefined
}

/** Attribute values for new nodes: integers stand for `int`, lists for `ints`, `{ float }` for `float`. */
export type AttributeValue = number | readonly number[] | { readonly float: number }

export function newAttribute(name: string, value: AttributeValue): Attribute {
  const out = new MessageWriter().text(1, name)
  if (typeof value === 'number') out.varint(3, value).varint(20, 2)
  else if ('float' in value) out.float(2, value.float).varint(20, 1)
  else {
    for (const item of value) out.varint(8, item)
    out.varint(20, 7)
  }
  return { name, bytes: out.finish() }
}
