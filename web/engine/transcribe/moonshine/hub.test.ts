import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import * as ort from 'onnxruntime-web/wasm'
import { modelPath } from '../../../../tests/support/models.ts'
import { floatNetworks, hubNetworks, type MoonshineNetworks } from '../../../../tests/support/moonshine/networks.ts'
import { resample } from '../../../../tests/support/recogniser.ts'
import { recording } from '../../../../tests/support/recordings.ts'
import { wordErrorRate } from '../../../../tests/support/words.ts'
import { HEARING_RATE, type Recognition } from '../recogniser.ts'
import { createMoonshine } from './engine.ts'
import { moonshineRuntime, type Network } from './runtime.ts'
import { tryOut } from './trial.ts'

// The networks as the hub has them, in plain ONNX, through the runtime of the page.

const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

const file = (path: string) => readFile(modelPath('moonshine-tiny-en', path))

let sound: Float32Array
let packaged: Recognition

async function hear({ encoder, decoder }: MoonshineNetworks): Promise<Recognition> {
  const recogniser = createMoonshine({
    runtime: moonshineRuntime(ort, { device: 'wasm', threads: 1 }),
    files: { encoder: async () => encoder, decoder: async () => decoder, tokenizer: () => file('tokenizer.bin') },
  })
  const recognition = await recogniser.recognise(sound, { words: true })
  await recogniser.close()
  return recognition
}

beforeAll(async () => {
  ort.env.wasm.numThreads = 1
  // The first time, they come over the network.
  await hubNetworks()
  const { samples, sampleRate } = await recording('beckett')
  sound = resample(samples, sampleRate, HEARING_RATE)
  packaged = await hear({ encoder: await file('encoder_model.ort'), decoder: await file('decoder_model_merged.ort') })
}, 300_000)

it.each([
  ['of 8 bits', hubNetworks],
  ['in full precision', floatNetworks],
])(
  'networks %s write down what was read aloud, with the times of its words',
  async (_, made) => {
    const { text, words } = await hear(await made())
    expect(wordErrorRate(BECKETT, text)).toBeLessThan(0.1)
    expect(words.map(word => word.text)).toEqual(packaged.words.map(word => word.text))
    words.forEach(({ start, end }, i) => {
      expect(Math.abs(start - packaged.words[i]!.start)).toBeLessThan(0.15)
      expect(Math.abs(end - packaged.words[i]!.end)).toBeLessThan(0.15)
    })
  },
  120_000,
)

describe('the trial of a graphics card', () => {
  const runtime = moonshineRuntime(ort, { device: 'wasm', threads: 1 })

  it.each([
    ['of 8 bits', hubNetworks],
    ['in full precision', floatNetworks],
  ])(
    'is passed by networks %s that are computed rightly, and by no others',
    async (_, made) => {
      const files = await made()
      const encoder = await runtime.open(files.encoder)
      const decoder = await runtime.open(files.decoder)
      await tryOut({ encoder, decoder }, runtime, [])
      const mixedUp: Network = {
        ...encoder,
        async run(feeds, wanted) {
          const { last_hidden_state: hidden } = await encoder.run(feeds, wanted)
          return { last_hidden_state: runtime.float32((hidden!.data as Float32Array).toReversed(), hidden!.dims) }
        },
      }
      await expect(tryOut({ encoder: mixedUp, decoder }, runtime, [])).rejects.toMatchObject({ code: 'engine' })
      await encoder.close()
      await decoder.close()
    },
    120_000,
  )
})
