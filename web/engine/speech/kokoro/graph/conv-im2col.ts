import { findProduct, floatWeight, type IntegerProduct } from './dequantise.ts'
import { MICROSOFT, type GraphEdit } from './edit.ts'
import { intsOf } from './model.ts'
import { INT64, INT8, UINT8, sizeOf, valuesOf } from './tensor.ts'

/** Below this many products an output value, or output channels, unfolding costs more than a float convolution. */
const LEAST_PRODUCTS = 256
const LEAST_CHANNELS = 22

/**
 * One-dimensional ConvInteger → unfolded input × weight matrix, in 8 bits. The runtime's ConvInteger unfolds element by
 * element on one thread; here Slice and Concat copy whole rows, channels stay in front, and the weight matrix is the
 * convolution's own weight under another shape, so nothing is transposed and no weight is copied.
 *
 * x [1, C, T] → K slices, one a tap → [1, C, K, T'] → [1, C·K, T']; weight [O, C, K] → [O, C·K]; product [1, O, T'].
 */
export function unfoldConvolutions(edit: GraphEdit): { im2col: number; conv: number } {
  const count = { im2col: 0, conv: 0 }
  for (const node of edit.all('ConvInteger')) {
    const product = findProduct(edit, node)
    if (!product) continue
    if (unfold(edit, product)) count.im2col++
    else {
      floatConvolution(edit, product)
      count.conv++
    }
  }
  return count
}

/** ConvInteger → Conv on float weights. */
export function floatConvolutions(edit: GraphEdit): number {
  let count = 0
  for (const node of edit.all('ConvInteger')) {
    const product = findProduct(edit, node)
    if (!product) continue
    floatConvolution(edit, product)
    count++
  }
  return count
}

function floatConvolution(edit: GraphEdit, product: IntegerProduct): void {
  const weight = floatWeight(edit, product.weight, 0)
  edit.remove(...product.chain)
  const inputs = [product.source, weight, ...(product.bias === undefined ? [] : [product.bias])]
  edit.replace(product.node, { op: 'Conv', inputs, outputs: [product.result] })
}

function unfold(edit: GraphEdit, product: IntegerProduct): boolean {
  const { node, weight, result } = product
  const [outputs, channels, taps] = weight.q.dims
  if (weight.q.dims.length !== 3 || outputs === undefined || channels === undefined || taps === undefined) return false
  const dilation = intsOf(node, 'dilations')?.[0] ?? 1
  const stride = intsOf(node, 'strides')?.[0] ?? 1
  const [before = 0, after = 0] = intsOf(node, 'pads') ?? []
  const scalar = sizeOf(weight.scale) === 1 && (!weight.zero || sizeOf(weight.zero) === 1)
  if ((intsOf(node, 'group')?.[0] ?? 1) !== 1 || !scalar) return false
  if (channels * taps < LEAST_PRODUCTS || outputs < LEAST_CHANNELS) return false

  const matrix = unsignedMatrix(edit, product, [outputs, channels * taps])
  const scale = edit.reshapedConstant(weight.scale, `${result}/scale`, [])
  const signed = signedInput(edit, product.quantised, product.inputZero)
  const window = { channels, taps, dilation, stride, before, after }
  const columns = unfoldInput(edit, signed.q, signed.zero, window)
  // A normalisation that follows takes the mean away, and a bias with it.
  const readers = edit.readersOf(result)
  const biasLost =
    readers.length > 0 &&
    readers.every(reader => reader.op === 'InstanceNormalization') &&
    !edit.model.outputs.some(port => port.name === result)
  const bias = biasLost ? undefined : product.bias
  edit.remove(...product.chain)
  const output = bias === undefined ? result : edit.freshName(`${result}/product`)
  edit.add({
    op: 'MatMulIntegerToFloat',
    domain: MICROSOFT,
    inputs: [matrix.name, columns, scale, product.inputScale, matrix.zero, signed.zero],
    outputs: [output],
  })
  const values = edit.constant(bias)
  if (values) {
    const column = edit.reshapedConstant(values, `${result}/bias`, [outputs, 1])
    edit.add({ op: 'Add', inputs: [output, column], outputs: [result] })
  }
  return true
}

/** The weight as unsigned bytes, which the kernel wants on its left-hand side: int8 weights move up by 128. */
function unsignedMatrix(
  edit: GraphEdit,
  product: IntegerProduct,
  dims: readonly number[],
): { name: string; zero: string } {
  const { q, zero } = product.weight
  const shift = q.type === UINT8 ? 0 : 128
  const zeroValue = (zero ? (valuesOf(zero)[0] ?? 0) : 0) + shift
  const name =
    shift === 0
      ? edit.reshapedConstant(q, `${q.name}/matrix`, dims)
      : edit.addConstant(
          `${q.name}/matrix`,
          UINT8,
          dims,
          Uint8Array.from(valuesOf(q), value => value + shift),
        )
  return { name, zero: edit.shareConstant(`unfold/zero${zeroValue}`, UINT8, [], Uint8Array.of(zeroValue)) }
}

/**
 * The quantised input as signed bytes, 128 below what it was. Processors multiply unsigned by signed bytes in one step;
 * the runtime's native kernel for two unsigned sides takes half as long again. Old operator sets keep the input as it is.
 */
function signedInput(edit: GraphEdit, quantised: string, zero: string): { q: string; zero: string } {
  if ((edit.model.opsets.get('') ?? 0) < BITWISE_SINCE) return { q: quantised, zero }
  const half = edit.shareConstant('unfold/half', UINT8, [], Uint8Array.of(128))
  const lower = (name: string) =>
    edit.share(`${name}/signed`, () => {
      const flipped = edit.add({ op: 'BitwiseXor', inputs: [name, half], hint: `${name}/flipped` })
      return edit.add({ op: 'Cast', inputs: [flipped], attributes: { to: INT8 }, hint: `${name}/signed` })
    })
  return { q: lower(quantised), zero: lower(zero) }
}

/** The operator set that brought BitwiseXor. */
const BITWISE_SINCE = 18

interface Window {
  readonly channels: number
  readonly taps: number
  readonly dilation: number
  readonly stride: number
  readonly before: number
  readonly after: number
}

/** [1, C, T] → [1, C·K, T']; convolutions that look at the same tensor through the same window share the result. */
function unfoldInput(edit: GraphEdit, quantised: string, zero: string, window: Window): string {
  const { channels, taps, dilation, stride, before, after } = window
  const ints = (...values: number[]) =>
    edit.shareConstant(`unfold/${values.join()}`, INT64, [values.length], BigInt64Array.from(values, BigInt))
  const padded =
    before === 0 && after === 0
      ? quantised
      : edit.share(`${quantised}/pad${before},${after}`, () =>
          edit.add({
            op: 'Pad',
            inputs: [quantised, ints(0, 0, before, 0, 0, after), zero],
            hint: `${quantised}/padded`,
          }),
        )
  if (taps === 1 && stride === 1) return padded
  return edit.share(`${padded}/taps${taps},${dilation},${stride}`, () => {
    const rows = edit.add({ op: 'Reshape', inputs: [padded, ints(1, channels, 1, -1)], hint: `${padded}/rows` })
    const slices = Array.from({ length: taps }, (_, tap) => {
      // The last slice runs to the end; the others stop as far before it as their taps look ahead.
      const end = tap === taps - 1 ? END : -(taps - 1 - tap) * dilation
      const inputs = [rows, ints(tap * dilation), ints(end), ints(3), ints(stride)]
      return edit.add({ op: 'Slice', inputs, hint: `${padded}/tap${tap}` })
    })
    const stacked = edit.add({ op: 'Concat', inputs: slices, attributes: { axis: 2 }, hint: `${padded}/taps` })
    return edit.add({ op: 'Reshape', inputs: [stacked, ints(1, channels * taps, -1)], hint: `${padded}/columns` })
  })
}

/** Slice's word for "to the end". */
const END = Number.MAX_SAFE_INTEGER
