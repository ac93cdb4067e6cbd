import { MICROSOFT, type GraphEdit } from './edit.ts'
import { intsOf, type Node } from './model.ts'
import { FLOAT, INT64, INT8, valuesOf } from './tensor.ts'

/** Below this many input channels the float operator is the faster one. */
const LEAST_CHANNELS = 64

/**
 * An up-sampling ConvTranspose whose kernel is twice its stride → an 8-bit product: every output value is a sum over
 * the input frame above it and the one before, so [x(t), x(t − 1)] × W gives the `stride` outputs that share both.
 *
 * x [1, C, T] → [1, T + 1, 2C] · W [2C, stride·O] → [1, (T + 1)·stride, O], cut by the pads, → [1, O, T·stride].
 * The weight is quantised here, one scale a column.
 */
export function unfoldUpsampling(edit: GraphEdit): number {
  let count = 0
  for (const node of edit.all('ConvTranspose')) if (unfold(edit, node)) count++
  return count
}

function unfold(edit: GraphEdit, node: Node): boolean {
  const weight = edit.constant(node.inputs[1])
  const bias = edit.constant(node.inputs[2])
  const [channels = 0, outputs = 0, taps = 0] = weight?.dims ?? []
  const stride = intsOf(node, 'strides')?.[0] ?? 1
  const [before, after] = intsOf(node, 'pads') ?? []
  const [source] = node.inputs
  const plain =
    (intsOf(node, 'group')?.[0] ?? 1) === 1 &&
    (intsOf(node, 'dilations')?.[0] ?? 1) === 1 &&
    !intsOf(node, 'output_padding')?.some(value => value !== 0) &&
    !intsOf(node, 'output_shape')
  if (weight?.type !== FLOAT || weight.dims.length !== 3 || source === undefined || !plain) return false
  if (channels < LEAST_CHANNELS || taps !== 2 * stride || !before || !after || (node.inputs[2] && !bias)) return false

  const hint = node.outputs[0] ?? ''
  const columns = stride * outputs
  const { matrix, scales } = quantisedColumns(valuesOf(weight), channels, outputs, stride)
  const ints = (...values: number[]) =>
    edit.shareConstant(`upsample/${values.join()}`, INT64, [values.length], BigInt64Array.from(values, BigInt))
  const quantised = ['q', 'scale', 'zero'].map(part => edit.freshName(`${hint}/${part}`))
  const [q = '', scale = '', zero = ''] = quantised
  edit.remove(node)
  edit.add({ op: 'DynamicQuantizeLinear', inputs: [source], outputs: quantised })
  const rows = edit.add({ op: 'Transpose', inputs: [q], attributes: { perm: [0, 2, 1] }, hint: `${hint}/rows` })
  // One frame of silence at either end; the fourth input is what the quantised tensor calls zero.
  const now = edit.add({ op: 'Pad', inputs: [rows, ints(0, 0, 0, 0, 1, 0), zero], hint: `${hint}/now` })
  const past = edit.add({ op: 'Pad', inputs: [rows, ints(0, 1, 0, 0, 0, 0), zero], hint: `${hint}/past` })
  const pairs = edit.add({ op: 'Concat', inputs: [now, past], attributes: { axis: 2 }, hint: `${hint}/pairs` })
  const product = edit.add({
    op: 'MatMulIntegerToFloat',
    domain: MICROSOFT,
    inputs: [
      pairs,
      edit.addConstant(`${hint}/matrix`, INT8, [2 * channels, columns], matrix),
      scale,
      edit.addConstant(`${hint}/scales`, FLOAT, [columns], scales),
      zero,
      edit.addConstant(`${hint}/zeros`, INT8, [columns], new Int8Array(columns)),
    ],
    hint: `${hint}/product`,
  })
  const frames = edit.add({ op: 'Reshape', inputs: [product, ints(1, -1, outputs)], hint: `${hint}/frames` })
  const inputs = [frames, ints(before), ints(-after), ints(1), ints(1)]
  const cut = edit.add({ op: 'Slice', inputs, hint: `${hint}/cut` })
  const biased = bias ? edit.add({ op: 'Add', inputs: [cut, bias.name], hint: `${hint}/biased` }) : cut
  edit.add({ op: 'Transpose', inputs: [biased], outputs: node.outputs, attributes: { perm: [0, 2, 1] } })
  return true
}

/** [C, O, 2·stride] → int8 [2C, stride·O]: row c holds tap j of output o at column j·O + o, row C + c tap stride + j. */
function quantisedColumns(
  weight: ArrayLike<number>,
  channels: number,
  outputs: number,
  stride: number,
): { matrix: Int8Array; scales: Float32Array } {
  const columns = stride * outputs
  const at = (row: number, tap: number, output: number) => {
    const late = row >= channels
    const index = ((late ? row - channels : row) * outputs + output) * 2 * stride + tap + (late ? stride : 0)
    return weight[index] ?? 0
  }
  const matrix = new Int8Array(2 * channels * columns)
  const scales = new Float32Array(columns)
  for (let tap = 0; tap < stride; tap++) {
    for (let output = 0; output < outputs; output++) {
      const column = tap * outputs + output
      let largest = 0
      for (let row = 0; row < 2 * channels; row++) largest = Math.max(largest, Math.abs(at(row, tap, output)))
      const scale = Math.fround(largest / 127) || 1
      scales[column] = scale
      for (let row = 0; row < 2 * channels; row++)
        matrix[row * columns + column] = Math.round(at(row, tap, output) / scale)
    }
  }
  return { matrix, scales }
}
