import { floatConvolutions, unfoldConvolutions } from './conv-im2col.ts'
import { exposeDurations, renamePorts } from './durations.ts'
import { GraphEdit } from './edit.ts'
import { floatLstms } from './lstm.ts'
import { floatProducts } from './matmul.ts'
import { readModel, writeModel, type Model } from './model.ts'
import { fuseNormalisations } from './norm.ts'
import { approximateSnakes, multiplySquares } from './snake.ts'
import { unfoldUpsampling } from './upsample.ts'

/** What will run the model: `wasm` also serves the native runtime. `webgpu` has float kernels only. */
export type GraphTarget = 'wasm' | 'webgpu'

/** How many places each rewrite changed; `kept` counts integer kernels whose surroundings were not recognised. */
export interface RewriteReport {
  readonly im2col: number
  readonly conv: number
  readonly upsample: number
  readonly matmul: number
  readonly lstm: number
  readonly norm: number
  readonly snake: number
  readonly pow: number
  readonly kept: number
}

const INTEGER_KERNELS = ['ConvInteger', 'MatMulInteger', 'DynamicQuantizeLSTM']

/**
 * A Kokoro model made fast for one target, with inputs `tokens`, `style`, `speed` and outputs `audio`, `durations`.
 * The same bytes in give the same bytes out. Weights are read in place, so the result is the only large allocation.
 * Throws SeamError: `integrity` for bytes that are no ONNX file, `unsupported` for a graph that is no Kokoro.
 */
export function rewriteKokoro(source: Uint8Array, target: GraphTarget): Uint8Array<ArrayBuffer> {
  return rewriteWithReport(source, target).bytes
}

export function rewriteWithReport(
  source: Uint8Array,
  target: GraphTarget,
): { bytes: Uint8Array<ArrayBuffer>; report: RewriteReport } {
  const edit = new GraphEdit(readModel(source))
  renamePorts(edit)
  exposeDurations(edit)
  const matmul = floatProducts(edit)
  const lstm = floatLstms(edit)
  const fast = target === 'wasm'
  const norm = fast ? fuseNormalisations(edit) : 0
  const { im2col, conv } = fast ? unfoldConvolutions(edit) : { im2col: 0, conv: floatConvolutions(edit) }
  const upsample = fast && im2col > 0 ? unfoldUpsampling(edit) : 0
  const snake = fast ? approximateSnakes(edit) : 0
  const pow = multiplySquares(edit)
  const model = edit.finish()
  const kept = model.nodes.filter(node => INTEGER_KERNELS.includes(node.op)).length
  return { bytes: writeModel(model), report: { im2col, conv, upsample, matmul, lstm, norm, snake, pow, kept } }
}

export interface KokoroDescription {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: number
  /** Whether any kernel works on 8-bit weights. */
  readonly quantised: boolean
  /** Whether the file already went through `rewriteKokoro`, for either target. */
  readonly alreadyRewritten: boolean
}

/** What a model file holds, without changing it. */
export function describeKokoro(bytes: Uint8Array): KokoroDescription {
  const model = readModel(bytes)
  const outputs = model.outputs.map(port => port.name)
  return {
    inputs: model.inputs.map(port => port.name),
    outputs,
    nodes: model.nodes.length,
    quantised: isQuantised(model),
    alreadyRewritten: outputs.includes('durations') && outputs.includes('audio'),
  }
}

function isQuantised(model: Model): boolean {
  return model.nodes.some(node => INTEGER_KERNELS.includes(node.op) || node.op === 'MatMulIntegerToFloat')
}
