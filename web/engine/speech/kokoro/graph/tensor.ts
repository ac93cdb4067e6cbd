// ONNX TensorProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { MessageWriter, readFields, readFloats, readInts, readText } from './proto.ts'

/** TensorProto.DataType, the ones that Kokoro's files hold. */
export const FLOAT = 1
export const UINT8 = 2
export const INT8 = 3
export const INT32 = 6
export const INT64 = 7

export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array

/** A constant of the graph. */
export interface Tensor {
  readonly name: string
  /** TensorProto.DataType. */
  readonly type: number
  readonly dims: readonly number[]
  /** Little-endian elements when the file keeps them as raw bytes (or the tensor is new); a view, never a copy. */
  readonly raw: Uint8Array | undefined
  /** Elements that the file keeps as a list of numbers (float_data, int32_data, int64_data). */
  readonly list: readonly number[] | undefined
  /** Fields this reader has no use for, written back as they were. */
  readonly rest: readonly Uint8Array[]
}

export function readTensor(bytes: Uint8Array): Tensor {
  const dims: number[] = []
  const list: number[] = []
  const rest: Uint8Array[] = []
  let name = ''
  let type = 0
  let raw: Uint8Array | undefined
  let listed = false
  for (const field of readFields(bytes)) {
    if (field.id === 1) dims.push(...readInts(field))
    else if (field.id === 2) type = Number(field.varint)
    else if (field.id === 4) {
      listed = true
      for (const value of readFloats(field)) list.push(value)
    } else if (field.id === 5 || field.id === 7) {
      listed = true
      for (const value of readInts(field)) list.push(value)
    } else if (field.id === 8) name = readText(field)
    else if (field.id === 9) raw = field.data
    else rest.push(field.whole)
  }
  return { name, type, dims, raw, list: listed && raw === undefined ? list : undefined, rest }
}

export function writeTensor(tensor: Tensor): MessageWriter {
  const out = new MessageWriter()
  for (const dim of tensor.dims) out.varint(1, dim)
  out.varint(2, tensor.type).text(8, tensor.name)
  if (tensor.list) {
    const values = new MessageWriter()
    const floats = tensor.type === FLOAT
    if (floats) values.raw(bytesOf(Float32Array.from(tensor.list)))
    else for (const value of tensor.list) values.raw(varintOf(value))
    out.message(floats ? 4 : tensor.type === INT64 ? 7 : 5, values)
  } else if (tensor.raw) out.bytes(9, tensor.raw)
  for (const field of tensor.rest) out.raw(field)
  return out
}

function varintOf(value: number): Uint8Array {
  // A field of its own number space would add a tag; the value's bytes alone are what a packed list holds.
  return new MessageWriter().varint(0, value).finish().subarray(1)
}

/** The bytes of a typed array, without a copy. All platforms that run the product are little-endian, as ONNX is. */
export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

export function newTensor(name: string, type: number, dims: readonly number[], data: TensorData): Tensor {
  return { name, type, dims, raw: bytesOf(data), list: undefined, rest: [] }
}

/** Number of elements. */
export function sizeOf(tensor: Tensor): number {
  return tensor.dims.reduce((product, dim) => product * dim, 1)
}

/** The elements as numbers (int64 beyond 2^53 loses precision; Kokoro's files hold shapes and indices there). */
export function valuesOf(tensor: Tensor): ArrayLike<number> {
  if (tensor.list) return tensor.list
  const raw = tensor.raw ?? new Uint8Array(0)
  if (tensor.type === UINT8) return raw
  if (tensor.type === INT8) return new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength)
  // Other types may start at an odd address inside the file; typed arrays need an even one.
  const aligned = new Uint8Array(raw).buffer
  if (tensor.type === FLOAT) return new Float32Array(aligned)
  if (tensor.type === INT32) return new Int32Array(aligned)
  if (tensor.type === INT64) return Array.from(new BigInt64Array(aligned), Number)
  return []
}

/** The only element of a scalar or one-element tensor; undefined for larger ones. */
export function scalarOf(tensor: Tensor | undefined): number | undefined {
  return tensor !== undefined && sizeOf(tensor) === 1 ? valuesOf(tensor)[0] : undefined
}
