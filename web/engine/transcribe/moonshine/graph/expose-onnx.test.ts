import { InferenceSession } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { hubNetworks, type MoonshineNetworks } from '../../../../../tests/support/moonshine/networks.ts'
import { attentionOf, showsAttention, withAttention } from './attention.ts'
import { exposeInOnnx } from './expose-onnx.ts'

const every = Array.from({ length: 6 }, (_, layer) => attentionOf(layer))
// More optimisation breaks the scales of the decoder.
const open = (file: Uint8Array) =>
  InferenceSession.create(file, { graphOptimizationLevel: 'basic', logSeverityLevel: 3 })

let networks: MoonshineNetworks
beforeAll(async () => {
  networks = await hubNetworks()
}, 300_000)

describe('values from inside of branches of a file in ONNX', () => {
  it('become outputs of the model, after those that it had, and cost a few kilobytes', async () => {
    const file = exposeInOnnx(networks.decoder, every)
    expect(file.length - networks.decoder.length).toBeLessThan(8_192)
    const [plain, exposed] = [await open(networks.decoder), await open(file)]
    expect(exposed.outputNames).toEqual([...plain.outputNames, ...every])
    expect(exposed.inputNames).toEqual(plain.inputNames)
    expect([plain, exposed].map(({ outputNames }) => showsAttention(outputNames))).toEqual([false, true])
    await plain.release()
    await exposed.release()
  }, 120_000)

  it('can not be had where they are not', () => {
    expect(() => exposeInOnnx(networks.decoder, ['/nowhere'])).toThrow(RangeError)
    expect(() => exposeInOnnx(networks.encoder, every)).toThrow(RangeError)
    expect(() => exposeInOnnx(new Uint8Array(0), every)).toThrow(RangeError)
  })

  it('are offered of the hub’s file, and of no other', async () => {
    expect((await withAttention(networks.decoder))?.length).toBeGreaterThan(networks.decoder.length)
    expect(await withAttention(networks.decoder.subarray(1))).toBeUndefined()
  })
})
