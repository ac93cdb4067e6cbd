import { describe, expect, it } from 'vitest'
import { floatConvolutions, unfoldConvolutions } from './conv-im2col.ts'
import type { GraphEdit } from './edit.ts'
import { FLOAT, INT32, INT64, INT8, UINT8 } from './tensor.ts'
import { compare, floats, modelOf, noise, rewritten, scalar } from './testing/models.ts'

interface ConvCase {
  readonly channels: number
  readonly outputs: number
  readonly taps: number
  readonly unsigned: boolean
  readonly zero: number
  readonly bias: boolean
  /** Whether operands of commutative nodes stand the other way round. */
  readonly swapped: boolean
  readonly attributes: Readonly<Record<string, readonly number[]>>
}

/** What the quantiser makes of a convolution: quantise, ConvInteger, integer bias, Cast, scale. */
function convInteger(given: ConvCase) {
  return (edit: GraphEdit) => {
    const order = (left: string, right: string) => (given.swapped ? [right, left] : [left, right])
    edit.add({ op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 'xs', 'xz'] })
    const size = given.outputs * given.channels * given.taps
    const weights = noise(size, 3).map(value => Math.round(value * 100))
    const dims = [given.outputs, given.channels, given.taps]
    const weight = given.unsigned
      ? edit.addConstant(
          'w',
          UINT8,
          dims,
          Uint8Array.from(weights, value => value + given.zero),
        )
      : edit.addConstant(
          'w',
          INT8,
          dims,
          Int8Array.from(weights, value => value + given.zero),
        )
    const zero = given.unsigned
      ? edit.addConstant('wz', UINT8, [], Uint8Array.of(given.zero))
      : edit.addConstant('wz', INT8, [], Int8Array.of(given.zero))
    let value = edit.add({ op: 'ConvInteger', inputs: ['q', weight, 'xz', zero], attributes: given.attributes })
    const scale = edit.add({ op: 'Mul', inputs: order('xs', scalar(edit, 'ws', 0.01)) })
    if (given.bias) {
      const bias = floats(edit, 'b', [given.outputs], noise(given.outputs, 5))
      const rounded = edit.add({ op: 'Floor', inputs: [edit.add({ op: 'Div', inputs: [bias, scale] })] })
      const whole = edit.add({ op: 'Cast', inputs: [rounded], attributes: { to: INT32 } })
      const shape = edit.addConstant('bs', INT64, [3], BigInt64Array.of(1n, -1n, 1n))
      value = edit.add({ op: 'Add', inputs: order(value, edit.add({ op: 'Reshape', inputs: [whole, shape] })) })
    }
    const float = edit.add({ op: 'Cast', inputs: [value], attributes: { to: FLOAT } })
    edit.add({ op: 'Mul', inputs: order(float, scale), outputs: ['y'] })
  }
}

const plain: ConvCase = {
  channels: 32,
  outputs: 24,
  taps: 11,
  unsigned: true,
  zero: 128,
  bias: true,
  swapped: false,
  attributes: {},
}

describe('convolutions', () => {
  const cases: [string, Partial<ConvCase>][] = [
    ['no padding', {}],
    [
      'dilation and padding, operands swapped',
      { swapped: true, attributes: { dilations: [3], pads: [15, 15], strides: [1] } },
    ],
    ['signed weights', { unsigned: false, zero: 0, taps: 9, attributes: { pads: [4, 4] } }],
    ['signed weights off centre', { unsigned: false, zero: 5, taps: 9, attributes: { pads: [4, 4] } }],
    ['stride and uneven padding, no bias', { bias: false, taps: 12, attributes: { strides: [6], pads: [3, 2] } }],
    ['one tap', { channels: 256, taps: 1 }],
    ['one tap with stride', { channels: 256, taps: 1, attributes: { strides: [2] } }],
  ]
  for (const [name, change] of cases) {
    it(`unfolds: ${name}`, async () => {
      const given = { ...plain, ...change }
      const dims = [1, given.channels, 70]
      const before = modelOf(dims, convInteger(given))
      const after = rewritten(before, unfoldConvolutions)
      expect(after.result).toEqual({ im2col: 1, conv: 0 })
      expect(after.ops).not.toContain('ConvInteger')
      // The integer bias was rounded down by up to one step of 0.01 × the input's scale.
      expect(await compare(before, after.bytes, dims)).toBeLessThan(1e-4)
    })
  }

  it('keeps unsigned inputs where the operator set has no bitwise operators', async () => {
    const dims = [1, plain.channels, 70]
    expect(rewritten(modelOf(dims, convInteger(plain), 18), unfoldConvolutions).ops).toContain('BitwiseXor')
    const before = modelOf(dims, convInteger(plain), 17)
    const after = rewritten(before, unfoldConvolutions)
    expect(after.ops).not.toContain('BitwiseXor')
    expect(await compare(before, after.bytes, dims)).toBeLessThan(1e-4)
  })

  it('makes small and grouped ones float instead', async () => {
    const atLimit = { ...plain, channels: 32, taps: 8, outputs: 22 }
    const dims = [1, 32, 40]
    expect(rewritten(modelOf(dims, convInteger(atLimit)), unfoldConvolutions).result).toEqual({ im2col: 1, conv: 0 })
    for (const given of [
      { ...atLimit, channels: 31 },
      { ...atLimit, outputs: 21 },
    ]) {
      const shape = [1, given.channels, 40]
      const before = modelOf(shape, convInteger(given))
      const after = rewritten(before, unfoldConvolutions)
      expect(after.result).toEqual({ im2col: 0, conv: 1 })
      expect(await compare(before, after.bytes, shape)).toBeLessThan(0.1)
    }
  })

  it('become float ones for WebGPU, exact but for the rounding of the input', async () => {
    const dims = [1, 32, 70]
    const before = modelOf(dims, convInteger(plain))
    const after = rewritten(before, floatConvolutions)
    expect(after.ops).toContain('Conv')
    expect(await compare(before, after.bytes, dims)).toBeLessThan(0.1)
  })

  it('drops a bias that a normalisation takes away, and only then', () => {
    const normalised = modelOf([1, 32, 70], edit => {
      convInteger(plain)(edit)
      const made = edit.maker('y')
      if (made) edit.replace(made, { outputs: ['conv'] })
      const ones = floats(edit, 'ones', [24], new Float32Array(24).fill(1))
      edit.add({ op: 'InstanceNormalization', inputs: ['conv', ones, ones], outputs: ['y'] })
    })
    expect(rewritten(normalised, unfoldConvolutions).ops).not.toContain('Add')
    expect(rewritten(modelOf([1, 32, 70], convInteger(plain)), unfoldConvolutions).ops).toContain('Add')
  })

  it('leaves one alone whose result is scaled in an unknown way', () => {
    const before = modelOf([1, 32, 70], edit => {
      convInteger({ ...plain, bias: false })(edit)
      const made = edit.maker('y')
      if (made) edit.replace(made, { op: 'Div' })
    })
    const after = rewritten(before, unfoldConvolutions)
    expect(after.result).toEqual({ im2col: 0, conv: 0 })
    expect(after.ops).toContain('ConvInteger')
  })
})
