import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { expect } from 'vitest'
import { GraphEdit, MICROSOFT } from '../edit.ts'
import { readModel, writeModel, type Port } from '../model.ts'
import { MessageWriter } from '../proto.ts'
import { FLOAT } from '../tensor.ts'

function port(name: string, dims: readonly number[]): Port {
  const shape = new MessageWriter()
  for (const dim of dims) shape.message(1, new MessageWriter().varint(1, dim))
  const tensor = new MessageWriter().varint(1, FLOAT).message(2, shape)
  return { name, bytes: new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor)).finish() }
}

/** A model with input x [dims] and output y, of the operator sets that Kokoro's files use. */
export function modelOf(dims: readonly number[], build: (edit: GraphEdit) => void, opset = 20): Uint8Array {
  const any: Port = { name: 'y', bytes: new MessageWriter().text(1, 'y').finish() }
  const edit = new GraphEdit({
    nodes: [],
    constants: [],
    inputs: [port('x', dims)],
    outputs: [any],
    opsets: new Map([
      ['', opset],
      [MICROSOFT, 1],
    ]),
    graphRest: [new MessageWriter().text(2, 'test').finish()],
    rest: [new MessageWriter().varint(1, 9).finish()],
  })
  build(edit)
  return writeModel(edit.finish())
}

export function rewritten(
  bytes: Uint8Array,
  rewrite: (edit: GraphEdit) => unknown,
): { bytes: Uint8Array; result: unknown; ops: string[] } {
  const edit = new GraphEdit(readModel(bytes))
  const result = rewrite(edit)
  const model = edit.finish()
  return { bytes: writeModel(model), result, ops: model.nodes.map(node => node.op) }
}

/** Numbers that look random and are the same every time, in −1…1. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2 ** 31
  })
}

async function run(
  bytes: Uint8Array,
  dims: readonly number[],
): Promise<{ dims: readonly number[]; data: Float32Array }> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const size = dims.reduce((product, dim) => product * dim, 1)
  const { y } = await session.run({ x: new OrtTensor('float32', noise(size, 7), [...dims]) })
  await session.release()
  return { dims: y?.dims ?? [], data: (y?.data as Float32Array | undefined) ?? new Float32Array(0) }
}

export async function compare(before: Uint8Array, after: Uint8Array, dims: readonly number[]): Promise<number> {
  const [left, right] = await Promise.all([run(before, dims), run(after, dims)])
  expect(right.dims).toEqual(left.dims)
  expect(left.data.length).toBeGreaterThan(0)
  return left.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (right.data[at] ?? Number.NaN))), 0)
}

export const floats = (edit: GraphEdit, hint: string, dims: readonly number[], data: Float32Array) =>
  edit.addConstant(hint, FLOAT, dims, data)
export const scalar = (edit: GraphEdit, hint: string, value: number) => floats(edit, hint, [], Float32Array.of(value))
