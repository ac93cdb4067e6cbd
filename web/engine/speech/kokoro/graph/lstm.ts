import { floatWeight } from './dequantise.ts'
import { MICROSOFT, type GraphEdit } from './edit.ts'

/**
 * com.microsoft.DynamicQuantizeLSTM → LSTM on float weights. Inputs: X, W [directions, inputs, 4·hidden],
 * R [directions, hidden, 4·hidden], B, sequence_lens, initial_h, initial_c, P, then scale and zero point of W and of R.
 * The standard operator has the last two axes of W and R the other way round.
 */
export function floatLstms(edit: GraphEdit): number {
  let count = 0
  for (const node of edit.all('DynamicQuantizeLSTM')) {
    if (node.domain !== MICROSOFT) continue
    const weight = (q: string | undefined, scale: string | undefined, zero: string | undefined): string | undefined => {
      const parts = { q: edit.constant(q), scale: edit.constant(scale), zero: edit.constant(zero) }
      if (!parts.q || !parts.scale) return undefined
      // One scale a direction stands on axis 0; one a column would have as many values as the last axis.
      const perColumn = (parts.scale.dims.at(-1) ?? 1) === parts.q.dims[2]
      return floatWeight(edit, { q: parts.q, scale: parts.scale, zero: parts.zero }, perColumn ? 2 : 0, [0, 2, 1])
    }
    const [x = '', w, r, ...rest] = node.inputs
    const [wScale, wZero, rScale, rZero] = rest.slice(5)
    const floatW = weight(w, wScale, wZero)
    const floatR = weight(r, rScale, rZero)
    if (floatW === undefined || floatR === undefined) continue
    const inputs = [x, floatW, floatR, ...rest.slice(0, 5)]
    while (inputs.at(-1) === '') inputs.pop()
    edit.replace(node, { op: 'LSTM', domain: '', inputs })
    count++
  }
  return count
}
