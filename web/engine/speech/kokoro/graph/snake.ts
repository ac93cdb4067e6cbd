import type { GraphEdit } from './edit.ts'
import { squareOf } from './norm.ts'
import { FLOAT, valuesOf } from './tensor.ts'

/**
 * sin²(π r) for |r| ≤ ½ through the half angle: sin²(2θ) = 4 z (1 − z) with z = sin²θ ≈ C1·s·(s + B), s = r². The
 * coefficients minimise the largest error, 3.8e-4, a tenth of one step of the 8-bit tensor the result becomes.
 */
const C1 = -1.872597509757545
const C0 = 2.4596799808119734
const B = C0 / C1
/** Adding and taking away 1.5 × 2²³ rounds a float32 to the nearest whole number. */
const ROUND = 12582912

/**
 * The Snake activation's sin²(a·x), a constant a channel → sums and products, which the runtime spreads over threads
 * and vector lanes; its Sin does neither. With u = a·x ÷ π and r = u − round(u):
 * sin²(a·x) = −4·C1²·q·(q − 1/C1), q = s·(s + B). The leading factor joins the product by 1/a that follows.
 */
export function approximateSnakes(edit: GraphEdit): number {
  let count = 0
  for (const sine of edit.all('Sin')) {
    const scaled = edit.madeBy(sine.inputs[0], 'Mul')
    const square = edit.onlyReader(sine.outputs[0])
    if (!scaled || !square || squareOf(edit, square) !== sine.outputs[0]) continue
    const frequencyName = scaled.inputs.find(name => edit.constant(name))
    const frequency = edit.constant(frequencyName)
    const x = scaled.inputs.find(name => name !== frequencyName)
    if (!frequency || frequency.type !== FLOAT || x === undefined) continue

    const hint = sine.outputs[0] ?? ''
    const number = (key: string, value: number) => edit.shareConstant(`snake/${key}`, FLOAT, [], Float32Array.of(value))
    const step = (op: string, left: string, right: string, name: string) =>
      edit.add({ op, inputs: [left, right], hint: `${hint}/${name}` })
    const perTurn = Float32Array.from(valuesOf(frequency), value => value / Math.PI)
    const u = step('Mul', x, edit.addConstant(`${hint}/frequency`, FLOAT, frequency.dims, perTurn), 'u')
    const whole = step('Sub', step('Add', u, number('round', ROUND), 'm'), number('round', ROUND), 'n')
    const r = step('Sub', u, whole, 'r')
    const s = step('Mul', r, r, 's')
    const q = step('Mul', step('Add', s, number('b', B), 'h'), s, 'q')
    const p = step('Mul', step('Sub', q, number('inverse', 1 / C1), 'g'), q, 'p')

    const amplify = edit.onlyReader(square.outputs[0])
    const gain = edit.constant(amplify?.inputs.find(name => name !== square.outputs[0]))
    const factor = -4 * C1 * C1
    if (amplify?.op === 'Mul' && gain?.type === FLOAT) {
      const scaledGain = Float32Array.from(valuesOf(gain), value => value * factor)
      const name = edit.addConstant(`${hint}/gain`, FLOAT, gain.dims, scaledGain)
      edit.remove(square, sine)
      edit.replace(amplify, { inputs: [p, name] })
    } else {
      edit.remove(square, sine)
      edit.add({ op: 'Mul', inputs: [p, number('factor', factor)], outputs: square.outputs })
    }
    count++
  }
  return count
}

/** Pow by two → a product with itself: the runtime's Pow knows no short cut. */
export function multiplySquares(edit: GraphEdit): number {
  let count = 0
  for (const node of edit.all('Pow')) {
    const base = node.inputs[0]
    if (base === undefined || edit.scalar(node.inputs[1]) !== 2) continue
    edit.replace(node, { op: 'Mul', inputs: [base, base] })
    count++
  }
  return count
}
