// The weights file of CTranslate2, version 6: a header, the variables by name, then names that stand for others.
// https://github.com/OpenNMT/CTranslate2/blob/master/python/ctranslate2/specs/model_spec.py

/** A variable as the file holds it. */
export interface Variable {
  readonly type: 'float32' | 'int8' | 'int16' | 'int32' | 'float16' | 'bfloat16'
  readonly dims: readonly number[]
  /** Little-endian elements. */
  readonly data: Uint8Array
}

/** In the order of the numbers that stand for them. */
const TYPES = ['float32', 'int8', 'int16', 'int32', 'float16', 'bfloat16'] as const
const VERSION = 6

/** @throws Error when it is another kind of file, or ends early */
export function readVariables(file: Uint8Array): ReadonlyMap<string, Variable> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = 0
  const uint8 = () => view.getUint8(at++)
  const uint32 = () => view.getUint32((at += 4) - 4, true)
  const text = () => {
    const length = view.getUint16(at, true)
    at += 2 + length
    // A zero ends it.
    return new TextDecoder().decode(file.subarray(at - length, at - 1))
  }
  const version = uint32()
  if (version !== VERSION) throw new Error(`This is no CTranslate2 model of version ${VERSION}: it says ${version}.`)
  text()
  uint32()
  const variables = new Map<string, Variable>()
  for (let count = uint32(); count > 0; count--) {
    const name = text()
    const dims = Array.from({ length: uint8() }, uint32)
    const type = TYPES[uint8()]
    const bytes = uint32()
    if (!type) throw new Error(`“${name}” is of a type that is not known.`)
    variables.set(name, { type, dims, data: file.subarray(at, at + bytes) })
    at += bytes
  }
  for (let count = uint32(); count > 0; count--) {
    const alias = text()
    variables.set(alias, variables.get(text())!)
  }
  return variables
}

const widthOf = ({ type }: Variable) => (type === 'float32' ? 4 : 2)

/** A run of rows of a matrix, or of elements of a vector. */
export function rowsOf(variable: Variable, first: number, count: number): Variable {
  const { dims, data } = variable
  const row = (dims[1] ?? 1) * widthOf(variable)
  return { ...variable, dims: [count, ...dims.slice(1)], data: data.subarray(first * row, (first + count) * row) }
}

/** A matrix with its rows as columns. */
export function transposed(variable: Variable): Variable {
  const [rows, columns] = variable.dims as [number, number]
  // Copied: the file's elements may lie at odd places.
  const bytes = new Uint8Array(variable.data).buffer
  const from = widthOf(variable) === 4 ? new Uint32Array(bytes) : new Uint16Array(bytes)
  const to = from.slice()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!
  }
  return { ...variable, dims: [columns, rows], data: new Uint8Array(to.buffer) }
}
