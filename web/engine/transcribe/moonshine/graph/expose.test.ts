import { readFileSync } from 'node:fs'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { modelPath } from '../../../../../tests/support/models.ts'
import { ALIGNING, attentionOf, withAttention } from './attention.ts'
import { exposeInBranches } from './expose.ts'

const decoder = readFileSync(modelPath('moonshine-tiny-en', 'decoder_model_merged.ort'))
const every = Array.from({ length: 6 }, (_, layer) => attentionOf(layer))

describe('values from inside of branches', () => {
  it('become outputs of the model, after those that it had', async () => {
    const [plain, exposed] = await Promise.all([
      InferenceSession.create(decoder),
      InferenceSession.create(exposeInBranches(decoder, every)),
    ])
    expect(exposed.outputNames).toEqual([...plain.outputNames, ...every])
    expect(exposed.inputNames).toEqual(plain.inputNames)
    await plain.release()
    await exposed.release()
  })

  it('cost a few kilobytes, and leave all that was there as it is', () => {
    const exposed = exposeInBranches(decoder, every)
    const grown = exposed.length - decoder.length
    expect(grown).toBeLessThan(8_192)
    expect(Buffer.compare(exposed.subarray(8 + grown), decoder.subarray(8))).toBe(0)
  })

  it('can not be had where they are not', () => {
    expect(() => exposeInBranches(decoder, ['/nowhere'])).toThrow(RangeError)
    const encoder = readFileSync(modelPath('moonshine-tiny-en', 'encoder_model.ort'))
    expect(() => exposeInBranches(encoder, every)).toThrow(RangeError)
    expect(() => exposeInBranches(new Uint8Array(64), every)).toThrow(RangeError)
  })
})

describe('the decoder’s attention', () => {
  it('is offered of the file whose heads are known, and of no other', async () => {
    const exposed = await withAttention(decoder)
    expect(exposed?.length).toBeGreaterThan(decoder.length)
    const other = Uint8Array.from(decoder)
    other[other.length - 1]! ^= 1
    expect(await withAttention(other)).toBeUndefined()
    expect(ALIGNING.length).toBeGreaterThan(0)
  })
})
