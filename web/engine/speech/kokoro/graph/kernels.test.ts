import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { unfoldConvolutions, floatConvolutions } from './conv-im2col.ts'
import { GraphEdit, MICROSOFT } from './edit.ts'
import { floatLstms } from './lstm.ts'
import { floatProducts } from './matmul.ts'
import { readModel, writeModel, type Port } from './model.ts'
import { fuseNormalisations } from './norm.ts'
import { MessageWriter } from './proto.ts'
import { approximateSnakes, multiplySquares } from './snake.ts'
import { FLOAT, INT32, INT64, INT8, UINT8 } from './tensor.ts'
import { unfoldUpsampling } from './upsample.ts'

function port(name: string, dims: readonly number[]): Port {
  const shape = new MessageWriter()
  for (const dim of dims) shape.message(1, new MessageWriter().varint(1, dim))
  const tensor = new MessageWriter().varint(1, FLOAT).message(2, shape)
  return { name, bytes: new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor)).finish() }
}

/** A model with input x [dims] and output y, of the operator sets that Kokoro's files use. */
function modelOf(dims: readonly number[], build: (edit: GraphEdit) => void, opset = 20): Uint8Array {
  const any: Port = { name: 'y', bytes: new MessageWriter().text(1, 'y').finish() }
  const edit = new GraphEdit({
    nodes: [],
    constants: [],
    inputs: [port('x', dims)],
    outputs: [any],
    opsets: new Map([
      ['', opset],
      [MICROSOFT, 1],
    ]),
    graphRest: [new MessageWriter().text(2, 'test').finish()],
    rest: [new MessageWriter().varint(1, 9).finish()],
  })
  build(edit)
  return writeModel(edit.finish())
}

function rewritten(
  bytes: Uint8Array,
  rewrite: (edit: GraphEdit) => unknown,
): { bytes: Uint8Array; result: unknown; ops: string[] } {
  const edit = new GraphEdit(readModel(bytes))
  const result = rewrite(edit)
  const model = edit.finish()
  return { bytes: writeModel(model), result, ops: model.nodes.map(node => node.op) }
}

/** Numbers that look random and are the same every time, in −1…1. */
function noise(count: number, seed = 1): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2 ** 31
  })
}

async function run(
  bytes: Uint8Array,
  dims: readonly number[],
): Promise<{ dims: readonly number[]; data: Float32Array }> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const size = dims.reduce((product, dim) => product * dim, 1)
  const { y } = await session.run({ x: new OrtTensor('float32', noise(size, 7), [...dims]) })
  await session.release()
  return { dims: y?.dims ?? [], data: (y?.data as Float32Array | undefined) ?? new Float32Array(0) }
}

async function compare(before: Uint8Array, after: Uint8Array, dims: readonly number[]): Promise<number> {
  const [left, right] = await Promise.all([run(before, dims), run(after, dims)])
  expect(right.dims).toEqual(left.dims)
  expect(left.data.length).toBeGreaterThan(0)
  return left.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (right.data[at] ?? Number.NaN))), 0)
}

const floats = (edit: GraphEdit, hint: string, dims: readonly number[], data: Float32Array) =>
  edit.addConstant(hint, FLOAT, dims, data)
const scalar = (edit: GraphEdit, hint: string, value: number) => floats(edit, hint, [], Float32Array.of(value))

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
