import { describe, expect, it } from 'vitest'
import type { OrtModule, OrtTensor, Tensors } from '../../ort.ts'
import { createMoonshine } from './engine.ts'
import { LAYERS } from './meta.ts'
import { PAST, PRESENT } from './ports.ts'
import { moonshineRuntime, type MoonshineRuntime } from './runtime.ts'
import { ALIKE, STEPS, STRIDE } from './trial.ts'

const LAYER_PARTS = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value']
const parts = Array.from({ length: LAYERS }, (_, layer) => LAYER_PARTS.map(part => `${layer}.${part}`)).flat()

const VOCABULARY = 32_768

/** ONNX Runtime whose networks answer as Moonshine's do. @param wanted after each step, of each STRIDE-th token */
function cardOf(wanted: readonly (readonly number[])[]) {
  const alive = new Set<object>()
  const cached: unknown[] = []
  const options: Record<string, unknown>[] = []
  let closed = 0
  const tensor = (data: unknown, dims: readonly number[]): OrtTensor => {
    const made: OrtTensor = { data, dims, dispose: () => void alive.delete(made) }
    alive.add(made)
    return made
  }
  const logits = () => {
    const all = new Float32Array(VOCABULARY)
    wanted[cached.length - 1]!.forEach((value, i) => (all[i * STRIDE] = value))
    return all
  }
  const answer = (name: string) =>
    name === 'logits' ? tensor(logits(), [1, 1, VOCABULARY]) : tensor(new Float32Array(1), [1, 1, 1])
  const encoder = { inputNames: ['input_values'], outputNames: ['last_hidden_state'] }
  const decoder = {
    inputNames: ['input_ids', 'encoder_hidden_states', ...parts.map(part => PAST + part), 'use_cache_branch'],
    outputNames: ['logits', ...parts.map(part => PRESENT + part)],
  }
  const ort = {
    Tensor: function (_type: string, data: unknown, dims: readonly number[]) {
      return tensor(data, dims)
    } as unknown as OrtModule['Tensor'],
    InferenceSession: {
      create: async (file: Uint8Array, how: Record<string, unknown>) => {
        options.push(how)
        return {
          ...(file[0] === 0 ? encoder : decoder),
          async run(feeds: Tensors, outputs: readonly string[] = []): Promise<Tensors> {
            const flag = feeds['use_cache_branch']
            if (flag) cached.push((flag.data as boolean[])[0])
            return Object.fromEntries(outputs.map(name => [name, answer(name)]))
          },
          release: async () => void closed++,
        }
      },
    },
  }
  return { ort, alive, cached, options, closed: () => closed }
}

const vocabulary = { model: { vocab: { '<unk>': 0, '<s>': 1, '</s>': 2, word: 3 } } }
const openOn = (card: ReturnType<typeof cardOf>, device: MoonshineRuntime['device']) =>
  createMoonshine({
    runtime: moonshineRuntime(card.ort, { device, threads: 1 }),
    files: {
      encoder: async () => Uint8Array.of(0),
      decoder: async () => Uint8Array.of(1),
      tokenizer: async () => new TextEncoder().encode(JSON.stringify(vocabulary)),
    },
  })

/** Numbers that correlate with others as far as that. */
function alike(values: readonly number[], correlation: number): number[] {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const unit = (vector: readonly number[]) => vector.map(value => value / Math.sqrt(dot(vector, vector)))
  const centred = (vector: readonly number[]) =>
    vector.map(
      value =>
        value -
        dot(
          vector,
          vector.map(() => 1 / vector.length),
        ),
    )
  const along = unit(centred(values))
  const other = centred(values.toReversed())
  const across = unit(other.map((value, i) => value - dot(other, along) * along[i]!))
  return along.map((value, i) => correlation * value + Math.sqrt(1 - correlation ** 2) * across[i]!)
}

const right = STEPS.map(({ logits }) => logits)

describe('a graphics card', () => {
  it('is tried before anybody speaks, in both of the decoder’s branches, and keeps nothing of it', async () => {
    const card = cardOf(right)
    await openOn(card, 'webgpu').load()
    expect(card.cached).toEqual([false, true])
    // The logits alone come to the processor, whose memory needs no giving back.
    expect(
      [...card.alive].every(tensor => 'data' in tensor && (tensor.data as Float32Array).length === VOCABULARY),
    ).toBe(true)
  })

  it.each([
    ['no numbers', right.map(logits => logits.map(() => Number.NaN))],
    ['numbers without end', right.map(([, ...logits]) => [Number.POSITIVE_INFINITY, ...logits])],
    ['the same number everywhere', right.map(logits => logits.map(() => 1))],
    ['something else', right.map(logits => logits.toReversed())],
    ['something else once the decoder remembers', [right[0]!, right[1]!.toReversed()]],
  ])('is not used when it computes %s', async (_, wanted) => {
    const card = cardOf(wanted)
    await expect(openOn(card, 'webgpu').load()).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('Models'),
    })
    expect(card.closed()).toBe(2)
  })

  it('is used when what it computes is as much alike as it must be, and not when it is less', async () => {
    const load = (correlation: number) =>
      openOn(cardOf(right.map(logits => alike(logits, correlation))), 'webgpu').load()
    await expect(load(ALIKE + 1e-4)).resolves.toBeUndefined()
    await expect(load(ALIKE - 1e-4)).rejects.toMatchObject({ code: 'engine' })
  })

  it('keeps what the next step needs, and nothing that is read', async () => {
    const card = cardOf(right)
    await openOn(card, 'webgpu').load()
    for (const { executionProviders, preferredOutputLocation } of card.options) {
      expect(executionProviders).toEqual(['webgpu'])
      const kept = Object.keys(preferredOutputLocation as object)
      expect(kept.toSorted()).toEqual(['last_hidden_state', ...parts.map(part => PRESENT + part)].toSorted())
    }
  })
})

describe('a processor', () => {
  it('is not tried, and keeps nothing elsewhere', async () => {
    const card = cardOf([])
    await openOn(card, 'wasm').load()
    expect(card.cached).toEqual([])
    expect(card.options.every(options => options['preferredOutputLocation'] === undefined)).toBe(true)
  })
})
