import type { GraphEdit } from './edit.ts'
import type { Node } from './model.ts'
import { FLOAT, INT8, UINT8, newTensor, sizeOf, valuesOf, type Tensor } from './tensor.ts'

/** An integer weight with what turns it back into numbers: value = (q − zero) × scale. */
export interface QuantisedWeight {
  readonly q: Tensor
  readonly zero: Tensor | undefined
  readonly scale: Tensor
}

/** What stands around a ConvInteger or MatMulInteger of a dynamically quantised model. */
export interface IntegerProduct {
  /** The product itself. */
  readonly node: Node
  /** The float tensor that was quantised, and the three outputs of its DynamicQuantizeLinear. */
  readonly source: string
  readonly quantised: string
  readonly inputScale: string
  readonly inputZero: string
  readonly weight: QuantisedWeight
  /** Float bias, one value an output channel, when the integer form adds one before scaling. */
  readonly bias: string | undefined
  /** The float result, and the nodes from the product to it. */
  readonly result: string
  readonly chain: readonly Node[]
}

/**
 * Follows quantise → integer product → (+ bias) → Cast → × scale, whatever the names and the order of operands;
 * undefined when the nodes stand in another way.
 */
export function findProduct(edit: GraphEdit, node: Node): IntegerProduct | undefined {
  const quantise = edit.madeBy(node.inputs[0], 'DynamicQuantizeLinear')
  const q = edit.constant(node.inputs[1])
  const [quantised, inputScale, inputZero] = quantise?.outputs ?? []
  const source = quantise?.inputs[0]
  if (!q || source === undefined || quantised === undefined || inputScale === undefined) return undefined
  if (inputZero === undefined || node.inputs[2] !== inputZero) return undefined
  if (q.type !== INT8 && q.type !== UINT8) return undefined
  const zero = edit.constant(node.inputs[3])
  if (node.inputs[3] && !zero) return undefined

  const chain: Node[] = [node]
  let last: Node = node
  let bias: string | undefined
  let next = edit.onlyReader(last.outputs[0])
  if (next?.op === 'Add') {
    bias = biasSource(edit, other(next, last.outputs[0]))
    if (bias === undefined) return undefined
    chain.push((last = next))
    next = edit.onlyReader(last.outputs[0])
  }
  if (next?.op !== 'Cast') return undefined
  chain.push((last = next))
  const scaled = edit.onlyReader(last.outputs[0])
  if (scaled?.op !== 'Mul') return undefined
  chain.push(scaled)
  const scales = edit.madeBy(other(scaled, last.outputs[0]), 'Mul')
  if (!scales || !scales.inputs.includes(inputScale)) return undefined
  const scale = edit.constant(other(scales, inputScale))
  const result = scaled.outputs[0]
  if (!scale || scale.type !== FLOAT || result === undefined) return undefined
  return { node, source, quantised, inputScale, inputZero, weight: { q, zero, scale }, bias, result, chain }
}

function other(node: Node, name: string | undefined): string | undefined {
  return node.inputs.find(input => input !== name)
}

/** The float bias behind an integer one: bias → Div by the scale → Floor or Round → Cast → Reshape. */
function biasSource(edit: GraphEdit, name: string | undefined): string | undefined {
  let node = edit.maker(name)
  for (let step = 0; step < 5 && node; step++) {
    if (node.op === 'Div') return edit.constant(node.inputs[0])?.name
    if (!['Reshape', 'Cast', 'Floor', 'Round', 'Unsqueeze'].includes(node.op)) return undefined
    node = edit.maker(node.inputs[0])
  }
  return undefined
}

/**
 * Adds nodes that turn an integer weight into floats and returns the name. The file keeps the integers (a view into the
 * source); the runtime folds the three nodes once, when the session is made.
 * `axis` is where a scale or zero point of several values counts; `transpose` reorders the axes first.
 */
export function floatWeight(
  edit: GraphEdit,
  weight: QuantisedWeight,
  axis: number,
  transpose?: readonly number[],
): string {
  const hint = weight.q.name
  return edit.share(`float:${hint}:${transpose?.join() ?? ''}`, () => {
    const aligned = (tensor: Tensor): Tensor => ({ ...tensor, dims: alongAxis(tensor, weight.q.dims, axis) })
    let value = edit.add({ op: 'Cast', inputs: [hint], attributes: { to: FLOAT }, hint: `${hint}/float` })
    if (weight.zero && Array.from(valuesOf(weight.zero)).some(zero => zero !== 0)) {
      const zeros = Float32Array.from(valuesOf(weight.zero))
      const dims = aligned(weight.zero).dims
      value = edit.add({
        op: 'Sub',
        inputs: [value, edit.addConstant(`${hint}/zero`, FLOAT, dims, zeros)],
        hint: `${hint}/centred`,
      })
    }
    const scales = newTensor('', FLOAT, aligned(weight.scale).dims, Float32Array.from(valuesOf(weight.scale)))
    value = edit.add({
      op: 'Mul',
      inputs: [value, edit.reshapedConstant(scales, `${hint}/scale`, scales.dims)],
      hint: `${hint}/scaled`,
    })
    if (!transpose) return value
    return edit.add({ op: 'Transpose', inputs: [value], attributes: { perm: transpose }, hint: `${hint}/transposed` })
  })
}

function alongAxis(tensor: Tensor, dims: readonly number[], axis: number): readonly number[] {
  const size = sizeOf(tensor)
  if (size === 1) return []
  if (tensor.dims.length === dims.length) return tensor.dims
  return dims.map((_, index) => (index === axis ? size : 1))
}
