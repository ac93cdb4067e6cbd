import { describe, expect, it } from 'vitest'
import { MessageWriter } from './proto.ts'
import {
  FLOAT,
  INT32,
  INT64,
  INT8,
  UINT8,
  newTensor,
  readTensor,
  scalarOf,
  sizeOf,
  valuesOf,
  writeTensor,
} from './tensor.ts'

const round = (writer: MessageWriter) => readTensor(writeTensor(readTensor(writer.finish())).finish())
const head = (type: number, ...dims: number[]) => {
  const out = new MessageWriter()
  for (const dim of dims) out.varint(1, dim)
  return out.varint(2, type).text(8, 'w')
}

describe('tensors', () => {
  it('keeps elements that the file lists as numbers', () => {
    const floats = new MessageWriter().raw(new Uint8Array(Float32Array.of(1.5, -2).buffer))
    expect(valuesOf(round(head(FLOAT, 2).message(4, floats)))).toEqual([1.5, -2])
    expect(valuesOf(round(head(UINT8, 2).varint(5, 0).varint(5, 255)))).toEqual([0, 255])
    expect(valuesOf(round(head(INT8, 2).varint(5, -128).varint(5, 127)))).toEqual([-128, 127])
    expect(
      valuesOf(
        round(
          head(INT64, 2)
            .varint(7, -1)
            .varint(7, 2 ** 40),
        ),
      ),
    ).toEqual([-1, 2 ** 40])
  })

  it('reads raw elements of every type, wherever in the file they start', () => {
    const cases: [number, Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array, number[]][] = [
      [FLOAT, Float32Array.of(0.25, -8), [0.25, -8]],
      [UINT8, Uint8Array.of(0, 255), [0, 255]],
      [INT8, Int8Array.of(-128, 127), [-128, 127]],
      [INT32, Int32Array.of(-7, 7), [-7, 7]],
      [INT64, BigInt64Array.of(-1n, 9n), [-1, 9]],
    ]
    for (const [type, data, values] of cases) {
      for (const name of ['', 'a', 'ab', 'abc']) {
        const tensor = readTensor(writeTensor(newTensor(name, type, [2], data)).finish())
        expect(Array.from(valuesOf(tensor))).toEqual(values)
        expect(tensor).toMatchObject({ name, type, dims: [2] })
      }
    }
  })

  it('keeps fields it does not know, and an empty list', () => {
    const tensor = round(head(FLOAT, 0).message(4, new MessageWriter()).text(12, 'a note'))
    expect(tensor.rest).toHaveLength(1)
    expect(sizeOf(tensor)).toBe(0)
    expect(tensor.list).toEqual([])
  })

  it('takes a scalar from one element only', () => {
    expect(scalarOf(newTensor('', FLOAT, [], Float32Array.of(2)))).toBe(2)
    expect(scalarOf(newTensor('', FLOAT, [1], Float32Array.of(2)))).toBe(2)
    expect(scalarOf(newTensor('', FLOAT, [2], Float32Array.of(2, 2)))).toBeUndefined()
  })
})
