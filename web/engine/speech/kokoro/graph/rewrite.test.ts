import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { modelPath } from '../../../../../tests/support/models.ts'
import { readModel, renamedPort, writeModel, type Model, type Node } from './model.ts'
import { describeKokoro, rewriteKokoro, rewriteWithReport, type RewriteReport } from './rewrite.ts'
import { INT8, UINT8, bytesOf, valuesOf } from './tensor.ts'

// "Hello there," in Kokoro's alphabet, with a pad at both ends.
const TOKENS = [0, 50, 83, 54, 156, 57, 135, 16, 81, 156, 86, 123, 3, 0]
const SAMPLES_A_FRAME = 600

interface Speech {
  readonly audio: Float32Array
  readonly durations: readonly number[]
}

let source: Uint8Array
let style: Float32Array
let original: Speech
let fast: { bytes: Uint8Array<ArrayBuffer>; report: RewriteReport }
let fastSpeech: Speech

beforeAll(async () => {
  source = readFileSync(modelPath('kokoro-82m', 'onnx/model_int8.onnx'))
  const voice = readFileSync(modelPath('kokoro-82m', 'voices/af_heart.bin'))
  const row = TOKENS.length - 3
  style = new Float32Array(voice.buffer.slice(voice.byteOffset + row * 1024, voice.byteOffset + (row + 1) * 1024))
  fast = rewriteWithReport(source, 'wasm')
  original = await speak(source)
  fastSpeech = await speak(fast.bytes)
}, 180_000)

async function speak(model: Uint8Array, speed = 1): Promise<Speech> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 2 })
  const [first = ''] = session.inputNames
  const [audio = ''] = session.outputNames
  const results = await session.run({
    [first]: new OrtTensor('int64', BigInt64Array.from(TOKENS, BigInt), [1, TOKENS.length]),
    style: new OrtTensor('float32', style, [1, 256]),
    speed: new OrtTensor('float32', [speed], [1]),
  })
  await session.release()
  const durations = results['durations']?.data as BigInt64Array | undefined
  return { audio: results[audio]?.data as Float32Array, durations: Array.from(durations ?? [], Number) }
}

/** Mean distance of log band energies, in nat: 40 bands to 12 kHz over windows of 480 samples. */
function spectralDistance(left: Float32Array, right: Float32Array): number {
  const bands = (audio: Float32Array, start: number) =>
    Array.from({ length: 40 }, (_, band) => {
      const turn = (Math.PI * (band + 0.5)) / 40
      let cosine = 0
      let sine = 0
      for (let at = 0; at < 480; at++) {
        const windowed = (audio[start + at] ?? 0) * Math.sin((Math.PI * at) / 480)
        cosine += windowed * Math.cos(turn * at)
        sine += windowed * Math.sin(turn * at)
      }
      return Math.log(Math.max(cosine ** 2 + sine ** 2, 1e-4))
    })
  let sum = 0
  let count = 0
  for (let start = 0; start + 480 <= left.length; start += 480) {
    const theirs = bands(right, start)
    bands(left, start).forEach((value, band) => {
      sum += Math.abs(value - (theirs[band] ?? 0))
      count++
    })
  }
  return sum / count
}

describe('the packaged model', () => {
  it('is rewritten wherever there is something to rewrite', () => {
    expect(fast.report).toEqual({
      im2col: 82,
      conv: 5,
      upsample: 2,
      matmul: 148,
      lstm: 6,
      norm: 62,
      snake: 48,
      pow: 2,
      kept: 0,
    })
    expect(fast.bytes.length).toBeLessThan(source.length)
  })

  it('has the studio’s inputs and outputs', () => {
    expect(describeKokoro(source)).toMatchObject({
      inputs: ['tokens', 'style', 'speed'],
      outputs: ['audio'],
      quantised: true,
      alreadyRewritten: false,
    })
    expect(describeKokoro(fast.bytes)).toMatchObject({
      inputs: ['tokens', 'style', 'speed'],
      outputs: ['audio', 'durations'],
      quantised: true,
      alreadyRewritten: true,
    })
  })

  it('comes out the same every time, and passes through unharmed when rewritten again', async () => {
    expect(Buffer.compare(rewriteKokoro(source, 'wasm'), fast.bytes)).toBe(0)
    const again = await speak(rewriteKokoro(fast.bytes, 'wasm'))
    expect(again.durations).toEqual(fastSpeech.durations)
    expect(spectralDistance(fastSpeech.audio, again.audio)).toBeLessThan(1e-3)
  }, 120_000)

  it('speaks for as long as its durations say, at any speed', async () => {
    for (const speech of [fastSpeech, await speak(fast.bytes, 0.5), await speak(fast.bytes, 2)]) {
      expect(speech.durations).toHaveLength(TOKENS.length)
      const frames = speech.durations.reduce((sum, frame) => sum + frame, 0)
      expect(speech.audio).toHaveLength(frames * SAMPLES_A_FRAME)
    }
  }, 120_000)

  it('sounds as the source does', () => {
    expect(fastSpeech.audio).toHaveLength(original.audio.length)
    expect(spectralDistance(original.audio, fastSpeech.audio)).toBeLessThan(0.3)
    // The measure itself: half a frame of delay is far off.
    const late = original.audio.slice(SAMPLES_A_FRAME / 2)
    expect(spectralDistance(original.audio, late)).toBeGreaterThan(0.3)
  })

  it('has float kernels alone for WebGPU, with the same durations', async () => {
    const { bytes, report } = rewriteWithReport(source, 'webgpu')
    expect(report).toMatchObject({ im2col: 0, conv: 87, matmul: 148, lstm: 6, norm: 0, snake: 0, kept: 0 })
    expect(describeKokoro(bytes)).toMatchObject({ quantised: false, alreadyRewritten: true })
    const speech = await speak(bytes)
    expect(speech.durations).toEqual(fastSpeech.durations)
    expect(spectralDistance(speech.audio, fastSpeech.audio)).toBeLessThan(0.3)
  }, 120_000)
})

const fresh = (name: string) => (name === '' ? '' : `t_${name.length}_${name.replaceAll('/', '.')}`)
const COMMUTATIVE = new Set(['Add', 'Mul'])

/** The same model as another exporter would write it: other names, ports, operator sets, operand order, weight types. */
function otherExport(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes)
  const ports: Record<string, string> = { tokens: 'input_ids', audio: 'waveform', style: 'style', speed: 'speed' }
  const rename = (name: string) => ports[name] ?? fresh(name)
  const products = new Map(model.nodes.filter(node => node.op === 'MatMulInteger').map(node => [node.inputs[1], node]))
  const zeros = new Set([...products.values()].map(node => node.inputs[3]))
  const changed: Model = {
    ...model,
    opsets: new Map([...model.opsets, ['ai.onnx.ml', 4], ['com.microsoft', 1]]),
    inputs: model.inputs.map(input => renamedPort(input, rename(input.name))),
    outputs: model.outputs.map(output => renamedPort(output, rename(output.name))),
    constants: model.constants.map(tensor => {
      const name = rename(tensor.name)
      const moves = tensor.type === INT8 && (products.has(tensor.name) || zeros.has(tensor.name))
      if (!moves) return { ...tensor, name }
      const raw = bytesOf(Uint8Array.from(valuesOf(tensor), value => value + 128))
      return { ...tensor, name, type: UINT8, raw, list: undefined }
    }),
    nodes: model.nodes.map((node, at): Node => {
      const inputs = node.inputs.map(rename)
      return {
        ...node,
        name: `node_${at}`,
        inputs: COMMUTATIVE.has(node.op) ? inputs.reverse() : inputs,
        outputs: node.outputs.map(rename),
      }
    }),
  }
  return writeModel(changed)
}

describe('another export of the model', () => {
  it('is rewritten in the same places and says the same', async () => {
    const other = otherExport(source)
    expect(describeKokoro(other)).toMatchObject({ inputs: ['input_ids', 'style', 'speed'], outputs: ['waveform'] })
    const { bytes, report } = rewriteWithReport(other, 'wasm')
    expect(report).toEqual(fast.report)
    expect(describeKokoro(bytes)).toMatchObject({
      inputs: ['tokens', 'style', 'speed'],
      outputs: ['audio', 'durations'],
    })
    const speech = await speak(bytes)
    expect(speech.durations).toEqual(fastSpeech.durations)
    expect(spectralDistance(speech.audio, fastSpeech.audio)).toBeLessThan(1e-3)
  }, 120_000)

  it('keeps what it does not recognise, and still works', async () => {
    const model = readModel(source)
    // An activation between an integer product and its scale: no quantiser writes that.
    const products = model.nodes.filter(node => node.op === 'ConvInteger').slice(0, 3)
    const casts = model.nodes.filter(node => node.op === 'Cast')
    const nodes = model.nodes.flatMap(node => {
      const cast = casts.find(candidate => candidate === node && products.some(p => follows(model, p, candidate)))
      if (!cast) return [node]
      const [output = ''] = node.outputs
      const inner = { ...node, outputs: [`${output}/kept`] }
      const identity = {
        ...node,
        name: `${output}/abs`,
        op: 'Identity',
        inputs: inner.outputs,
        attributes: [],
        outputs: [output],
      }
      return [inner, identity]
    })
    const { bytes, report } = rewriteWithReport(writeModel({ ...model, nodes }), 'wasm')
    expect(report).toEqual({ ...fast.report, im2col: fast.report.im2col - 3, kept: 3 })
    const speech = await speak(bytes)
    expect(speech.durations).toEqual(fastSpeech.durations)
    expect(spectralDistance(speech.audio, fastSpeech.audio)).toBeLessThan(0.3)
  }, 120_000)

  it('gets durations and names alone when its kernels are float already', async () => {
    const float = rewriteKokoro(source, 'webgpu')
    const model = readModel(float)
    const outputs = model.outputs
      .filter(output => output.name === 'audio')
      .map(output => renamedPort(output, 'waveform'))
    const rename = (name: string) => (name === 'audio' ? 'waveform' : name)
    const nodes = model.nodes.map(node => ({ ...node, outputs: node.outputs.map(rename) }))
    const { bytes, report } = rewriteWithReport(writeModel({ ...model, outputs, nodes }), 'webgpu')
    expect(report).toEqual({ im2col: 0, conv: 0, upsample: 0, matmul: 0, lstm: 0, norm: 0, snake: 0, pow: 0, kept: 0 })
    const speech = await speak(bytes)
    expect(speech.durations).toEqual(fastSpeech.durations)
  }, 120_000)
})

/** Whether `cast` turns this product, or the product with its bias, into floats. */
function follows(model: Model, product: Node, cast: Node): boolean {
  const made = product.outputs[0] ?? ''
  const biased = model.nodes.find(node => node.op === 'Add' && node.inputs.includes(made))?.outputs[0]
  return cast.inputs[0] === made || (biased !== undefined && cast.inputs[0] === biased)
}

describe('files that are no Kokoro', () => {
  it('are refused with what was not found', () => {
    const model = readModel(source)
    const without = (change: Partial<Model>) => () => rewriteKokoro(writeModel({ ...model, ...change }), 'wasm')
    const because = (text: string) =>
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(text) as string }) as Error
    expect(without({ inputs: model.inputs.slice(1) })).toThrow(because('no input called tokens'))
    expect(without({ outputs: [] })).toThrow(because('no output called audio'))
    expect(without({ nodes: model.nodes.filter(node => node.op !== 'Round') })).toThrow(because('0 places'))
    expect(without({ nodes: model.nodes.filter(node => node.op !== 'CumSum') })).toThrow(because('no running sum'))
  })

  it('are refused as damaged when cut short', () => {
    const damaged = expect.objectContaining({ code: 'integrity' }) as Error
    expect(() => rewriteKokoro(source.subarray(0, source.length - 1), 'wasm')).toThrow(damaged)
    expect(() => rewriteKokoro(new TextEncoder().encode('<!doctype html>'), 'wasm')).toThrow(damaged)
  })
})
