import { describe, expect, it } from 'vitest'
import { MICROSOFT, type GraphEdit } from './edit.ts'
import { floatLstms } from './lstm.ts'
import { floatProducts } from './matmul.ts'
import { fuseNormalisations } from './norm.ts'
import { MessageWriter } from './proto.ts'
import { approximateSnakes, multiplySquares } from './snake.ts'
import { FLOAT, INT64, INT8, UINT8 } from './tensor.ts'
import { compare, floats, modelOf, noise, rewritten, scalar } from './testing/models.ts'
import { unfoldUpsampling } from './upsample.ts'

describe('up-sampling', () => {
  const upsample = (taps: number, channels = 64) =>
    modelOf([1, channels, 9], edit => {
      const weight = floats(edit, 'w', [channels, 5, taps], noise(channels * 5 * taps, 3))
      const bias = floats(edit, 'b', [5], noise(5, 4))
      const attributes = { strides: [6], pads: [3, 3], kernel_shape: [taps] }
      edit.add({ op: 'ConvTranspose', inputs: ['x', weight, bias], outputs: ['y'], attributes })
    })

  it('keeps the sound within 8-bit rounding', async () => {
    const before = upsample(12)
    const after = rewritten(before, unfoldUpsampling)
    expect(after.result).toBe(1)
    expect(await compare(before, after.bytes, [1, 64, 9])).toBeLessThan(0.12)
  })

  it('leaves alone a kernel of another length, and few channels', () => {
    expect(rewritten(upsample(13), unfoldUpsampling).result).toBe(0)
    expect(rewritten(upsample(12, 63), unfoldUpsampling).result).toBe(0)
  })
})

/** (x − mean) ÷ √(variance + ε) × gain + shift over the last axis, as the export writes it. */
function writtenOut(edit: GraphEdit, gainDims: readonly number[], axis: bigint, gains = 1): string[] {
  const axes = edit.addConstant('axes', INT64, [1], BigInt64Array.of(axis))
  const mean = edit.add({ op: 'ReduceMean', inputs: ['x', axes] })
  const centred = edit.add({ op: 'Sub', inputs: ['x', mean] })
  const variance = edit.add({ op: 'ReduceMean', inputs: [edit.add({ op: 'Mul', inputs: [centred, centred] }), axes] })
  const root = edit.add({
    op: 'Sqrt',
    inputs: [edit.add({ op: 'Add', inputs: [scalar(edit, 'eps', 1e-5), variance] })],
  })
  const quotient = edit.add({ op: 'Div', inputs: [centred, root] })
  return Array.from({ length: gains }, (_, index) => {
    const size = gainDims.reduce((product, dim) => product * dim, 1)
    const scaled = edit.add({ op: 'Mul', inputs: [floats(edit, 'gain', gainDims, noise(size, 5 + index)), quotient] })
    return edit.add({ op: 'Add', inputs: [scaled, floats(edit, 'shift', gainDims, noise(size, 9 + index))] })
  })
}

describe('normalisation', () => {
  const convolve = (edit: GraphEdit, inputs: readonly string[]) => {
    const sum = inputs.length > 1 ? edit.add({ op: 'Add', inputs }) : (inputs[0] ?? '')
    const weight = floats(edit, 'w', [4, 6, 3], noise(72, 2))
    edit.add({ op: 'Conv', inputs: [sum, weight], outputs: ['y'] })
  }

  it('is the same as one node', async () => {
    const before = modelOf([1, 6, 50], edit => convolve(edit, writtenOut(edit, [1, 6, 1], 2n)))
    const after = rewritten(before, fuseNormalisations)
    expect(after.result).toBe(1)
    expect(after.ops).not.toContain('Sqrt')
    expect(await compare(before, after.bytes, [1, 6, 50])).toBeLessThan(1e-5)
  })

  it('is left alone where several gains share it', () => {
    const before = modelOf([1, 6, 50], edit => convolve(edit, writtenOut(edit, [1, 6, 1], -1n, 2)))
    expect(rewritten(before, fuseNormalisations).result).toBe(0)
  })

  it('is left alone over another axis, and where no convolution tells that time comes last', () => {
    const overChannels = modelOf([1, 6, 50], edit => convolve(edit, writtenOut(edit, [1, 1, 50], 1n)))
    expect(rewritten(overChannels, fuseNormalisations).result).toBe(0)
    const layer = modelOf([1, 50, 6], edit => {
      const [value = ''] = writtenOut(edit, [6], 2n)
      edit.add({ op: 'Transpose', inputs: [value], outputs: ['y'], attributes: { perm: [0, 2, 1] } })
    })
    expect(rewritten(layer, fuseNormalisations).result).toBe(0)
  })
})

describe('snake', () => {
  const snake = (power: boolean, gain: boolean) =>
    modelOf([1, 4, 500], edit => {
      const frequency = floats(edit, 'a', [1, 4, 1], Float32Array.of(0.5, 3, 40, 900))
      const sine = edit.add({ op: 'Sin', inputs: [edit.add({ op: 'Mul', inputs: [frequency, 'x'] })] })
      const square = power
        ? edit.add({ op: 'Pow', inputs: [sine, scalar(edit, 'two', 2)] })
        : edit.add({ op: 'Mul', inputs: [sine, sine] })
      const gains = floats(edit, 'g', [1, 4, 1], Float32Array.of(1, 1, 1, 1))
      const scaled = gain ? edit.add({ op: 'Mul', inputs: [gains, square] }) : square
      edit.add({ op: 'Add', inputs: ['x', scaled], outputs: ['y'] })
    })

  it('keeps sin² within four ten-thousandths at any frequency', async () => {
    for (const before of [snake(true, true), snake(false, true), snake(true, false)]) {
      const after = rewritten(before, approximateSnakes)
      expect(after.result).toBe(1)
      expect(after.ops).not.toContain('Sin')
      expect(await compare(before, after.bytes, [1, 4, 500])).toBeLessThan(5e-4)
    }
  })

  it('leaves alone a sine that something else reads too', () => {
    const before = modelOf([1, 4, 500], edit => {
      const sine = edit.add({ op: 'Sin', inputs: [edit.add({ op: 'Mul', inputs: [scalar(edit, 'a', 3), 'x'] })] })
      edit.add({ op: 'Add', inputs: [sine, edit.add({ op: 'Mul', inputs: [sine, sine] })], outputs: ['y'] })
    })
    expect(rewritten(before, approximateSnakes).result).toBe(0)
  })

  it('turns squares into products, and no other power', async () => {
    const power = (exponent: number) =>
      modelOf([5], edit => edit.add({ op: 'Pow', inputs: ['x', scalar(edit, 'e', exponent)], outputs: ['y'] }))
    const after = rewritten(power(2), multiplySquares)
    expect(after.ops).toEqual(['Mul'])
    expect(await compare(power(2), after.bytes, [5])).toBeLessThan(1e-6)
    expect(rewritten(power(3), multiplySquares).result).toBe(0)
  })
})

describe('float kernels', () => {
  it('replace integer products, one scale a column', async () => {
    const before = modelOf([3, 16], edit => {
      edit.add({ op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 'xs', 'xz'] })
      const weight = edit.addConstant(
        'w',
        UINT8,
        [16, 4],
        Uint8Array.from(noise(64, 3), value => 120 + value * 100),
      )
      const zero = edit.addConstant('wz', UINT8, [4], Uint8Array.of(118, 119, 120, 121))
      const product = edit.add({ op: 'MatMulInteger', inputs: ['q', weight, 'xz', zero] })
      const scale = edit.add({
        op: 'Mul',
        inputs: ['xs', floats(edit, 'ws', [4], Float32Array.of(0.01, 0.02, 0.03, 0.04))],
      })
      edit.add({
        op: 'Mul',
        inputs: [edit.add({ op: 'Cast', inputs: [product], attributes: { to: FLOAT } }), scale],
        outputs: ['y'],
      })
    })
    const after = rewritten(before, floatProducts)
    expect(after.result).toBe(1)
    expect(after.ops).not.toContain('MatMulInteger')
    expect(await compare(before, after.bytes, [3, 16])).toBeLessThan(0.2)
  })

  it('replace a quantised LSTM', async () => {
    const hidden = 4
    const before = modelOf([6, 1, 8], edit => {
      const weight = (hint: string, rows: number) => {
        const size = 2 * rows * 4 * hidden
        return edit.addConstant(
          hint,
          INT8,
          [2, rows, 4 * hidden],
          Int8Array.from(noise(size, 3), value => value * 90),
        )
      }
      const scales = (hint: string) => floats(edit, hint, [2], Float32Array.of(0.01, 0.02))
      const zeros = (hint: string) => edit.addConstant(hint, INT8, [2], new Int8Array(2))
      const bias = floats(edit, 'b', [2, 8 * hidden], noise(16 * hidden, 4))
      const [w, r] = [weight('w', 8), weight('r', hidden)]
      edit.add({
        op: 'DynamicQuantizeLSTM',
        domain: MICROSOFT,
        inputs: ['x', w, r, bias, '', '', '', '', scales('ws'), zeros('wz'), scales('rs'), zeros('rz')],
        outputs: ['y'],
        attributes: { hidden_size: hidden },
      })
      // The editor writes numbers only; the direction is text.
      const direction = new MessageWriter().text(1, 'direction').text(4, 'bidirectional').varint(20, 3).finish()
      for (const node of edit.all('DynamicQuantizeLSTM')) {
        edit.remove(node)
        edit.replace({ ...node, attributes: [...node.attributes, { name: 'direction', bytes: direction }] }, {})
      }
    })
    const after = rewritten(before, floatLstms)
    expect(after.result).toBe(1)
    expect(after.ops).toContain('LSTM')
    expect(await compare(before, after.bytes, [6, 1, 8])).toBeLessThan(0.03)
  })
})
