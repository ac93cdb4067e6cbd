import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { server } from 'vitest/browser'
import { findModel } from '#engine/catalogue.ts'
import type { ModelEntry, ModelVariant } from '#protocol/models.ts'
import { openModelStore } from '../../../storage/models.ts'
import { testModel } from '../../../storage/testing/hub-client.ts'
import type { ModelStore } from '../../../storage/types.ts'
import { createTranscriberClient, MOONSHINE } from '../client.page.ts'

// A browser that names a graphics card and then can't open a network on it, as old drivers do.

const moonshine = findModel('moonshine-tiny-en')!
const [int8] = moonshine.variants
const served = `${location.origin}/@fs${server.config.root}`

let models: ModelStore
let model: ModelEntry
let gpu: ModelVariant

beforeAll(async () => {
  Object.defineProperty(navigator, 'gpu', {
    configurable: true,
    value: { requestAdapter: async () => ({ features: new Set(), info: { vendor: 'test', description: 'A card' } }) },
  })
  const hub = inject('hub')
  const test = await testModel(hub, { 'onnx/encoder_model.onnx': 1_000, 'onnx/decoder_model_merged.onnx': 1_000 })
  const [variant] = test.model.variants
  // The words are in order: it is the network that can't be opened.
  const words = { ...int8!.files.find(({ path }) => path === 'tokenizer.bin')!, path: 'tokenizer.json' }
  gpu = { ...variant!, id: 'fp32', device: 'webgpu', files: [...variant!.files, words] }
  model = { ...moonshine, id: test.model.id, variants: [int8!, gpu] }
  const [own, real] = [model, moonshine].map(({ id }) => `${served}/models/${id}/`)
  models = await openModelStore({
    hubBase: hub,
    companionBase: served,
    // The real weights lie under the name of the real model.
    fetch: (input, init) => fetch(String(input).replace(own!, real!).replace('tokenizer.json', 'tokenizer.bin'), init),
  })
}, 120_000)
afterAll(() => models.remove(model))

/** The builds that were tried, and what listens in the end. */
async function load() {
  const tried: string[] = []
  const client = createTranscriberClient(
    { models, wish: () => ({ threads: 1 }) },
    {
      ...MOONSHINE,
      model,
      start(variant) {
        tried.push(variant.id)
        return MOONSHINE.start(variant)
      },
    },
  )
  const failure = await client.load().then(
    () => undefined,
    (error: unknown) => error,
  )
  const { report } = client
  await client.close()
  return { tried, report, failure }
}

it('listens on the processor where the build for graphics cards is not here', async () => {
  await models.pull(model, int8!)
  expect(await load()).toMatchObject({ tried: ['int8'], report: { variant: 'int8', device: 'wasm' } })
})

it('tries the graphics card first once its build is here, and goes on with the processor when that fails', async () => {
  await models.pull(model, gpu)
  expect(await models.state(model, gpu)).toMatchObject({ state: 'ready' })
  expect(await load()).toMatchObject({ tried: ['fp32', 'int8'], report: { variant: 'int8', device: 'wasm' } })
})

it('says what failed where there is nothing else', async () => {
  await models.remove(model)
  await models.pull(model, gpu)
  const failure = { code: 'engine', message: expect.stringContaining('network could not be opened') }
  expect(await load()).toMatchObject({ tried: ['fp32'], report: undefined, failure })
})
