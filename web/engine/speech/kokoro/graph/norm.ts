import type { GraphEdit } from './edit.ts'
import { intsOf, type Node } from './model.ts'
import { INT64, valuesOf } from './tensor.ts'

/**
 * Instance normalisation written out as a dozen nodes → InstanceNormalization:
 * (x − mean) ÷ √(mean((x − mean)²) + ε) × gain + shift, the means over time of [1, C, T], gain and shift [1, C, 1].
 * A quotient that several gains share (blocks that read the same tensor) stays: computing it once is cheaper.
 */
export function fuseNormalisations(edit: GraphEdit): number {
  let count = 0
  for (const quotient of edit.all('Div')) {
    const found = findNormalisation(edit, quotient)
    if (!found) continue
    const flat = (name: string) =>
      edit.add({
        op: 'Reshape',
        inputs: [name, edit.shareConstant('norm/flat', INT64, [1], BigInt64Array.of(-1n))],
        hint: `${name}/flat`,
      })
    const inputs = [found.source, flat(found.gain), flat(found.shift)]
    edit.remove(found.multiply, found.add)
    const attributes = { epsilon: { float: found.epsilon } }
    edit.add({ op: 'InstanceNormalization', inputs, outputs: found.add.outputs, attributes })
    count++
  }
  return count
}

interface Normalisation {
  readonly source: string
  readonly epsilon: number
  readonly multiply: Node
  readonly add: Node
  readonly gain: string
  readonly shift: string
}

function findNormalisation(edit: GraphEdit, quotient: Node): Normalisation | undefined {
  const centred = edit.madeBy(quotient.inputs[0], 'Sub')
  const root = edit.madeBy(quotient.inputs[1], 'Sqrt')
  const source = centred?.inputs[0]
  if (source === undefined || meanOverTime(edit, centred?.inputs[1]) !== source) return undefined
  const stabilised = edit.madeBy(root?.inputs[0], 'Add')
  if (!stabilised) return undefined
  const epsilonAt = stabilised.inputs.findIndex(name => edit.scalar(name) !== undefined)
  const epsilon = edit.scalar(stabilised.inputs[epsilonAt])
  const square = edit.maker(meanOverTime(edit, stabilised.inputs[1 - epsilonAt]))
  const squared = square && squareOf(edit, square)
  const centredAgain = edit.madeBy(squared, 'Sub')
  if (epsilon === undefined || !centredAgain || centredAgain.inputs[0] !== source) return undefined
  if (meanOverTime(edit, centredAgain.inputs[1]) !== source) return undefined

  const multiply = edit.onlyReader(quotient.outputs[0])
  const add = edit.onlyReader(multiply?.outputs[0])
  if (multiply?.op !== 'Mul' || add?.op !== 'Add' || !channelsFirst(edit, add.outputs[0])) return undefined
  const gain = multiply.inputs.find(name => name !== quotient.outputs[0])
  const shift = add.inputs.find(name => name !== multiply.outputs[0])
  if (gain === undefined || shift === undefined) return undefined
  return { source, epsilon, multiply, add, gain, shift }
}

/** What this tensor is the mean of, over the last of three axes. */
function meanOverTime(edit: GraphEdit, name: string | undefined): string | undefined {
  const node = edit.madeBy(name, 'ReduceMean')
  if (!node) return undefined
  const constant = edit.constant(node.inputs[1])
  const axes = constant ? Array.from(valuesOf(constant)) : intsOf(node, 'axes')
  const kept = (intsOf(node, 'keepdims')?.[0] ?? 1) === 1
  return kept && axes?.length === 1 && (axes[0] === 2 || axes[0] === -1) ? node.inputs[0] : undefined
}

/** What this node squares, as Pow by 2 or as a product with itself. */
export function squareOf(edit: GraphEdit, node: Node): string | undefined {
  const [base, exponent] = node.inputs
  if (node.op === 'Pow' && edit.scalar(exponent) === 2) return base
  return node.op === 'Mul' && base === exponent ? base : undefined
}

const ELEMENTWISE = new Set(['LeakyRelu', 'Mul', 'Sin', 'Pow', 'Add', 'Identity', 'Dropout', 'DynamicQuantizeLinear'])
const CONVOLUTIONS = new Set(['ConvInteger', 'Conv', 'ConvTranspose'])

/**
 * Whether the tensor goes into a convolution with nothing but element-wise work on the way. A layer normalisation over
 * the last axis is written with the very same nodes; only there its last axis is channels, not time.
 */
function channelsFirst(edit: GraphEdit, name: string | undefined): boolean {
  const seen = new Set<Node>()
  const queue = edit.readersOf(name)
  for (let node = queue.shift(); node; node = queue.shift()) {
    if (CONVOLUTIONS.has(node.op)) return true
    if (seen.has(node) || seen.size > 40 || !ELEMENTWISE.has(node.op)) continue
    seen.add(node)
    queue.push(...edit.readersOf(node.outputs[0]))
  }
  return false
}
