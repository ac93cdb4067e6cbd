import '../../../worker/heap.ts'
import * as ort from 'onnxruntime-web/webgpu'
import { prepareRuntime } from '../../../transformers/worker/runtime.ts'
import { sileroRuntime } from '../../../vad/runtime.ts'
import { serveTranscriber } from '../../worker/serve.ts'
import { createWhisper } from '../engine.ts'
import { openWhisperModel } from './model.ts'
import { createTurns } from './turns.ts'

serveTranscriber((store, { model, variant, threads }) => {
  prepareRuntime(threads)
  const exclusively = createTurns()
  const device = model.variants.find(({ id }) => id === variant)?.device === 'webgpu' ? 'webgpu' : 'wasm'
  const finder = sileroRuntime(ort, { device: 'wasm' })
  return {
    recogniser: createWhisper(() =>
      openWhisperModel({ model, variant, device, read: path => store.read(model, path), exclusively }),
    ),
    silero: {
      async open(weights) {
        const session = await exclusively(() => finder.open(weights))
        return {
          run: (input, state) => exclusively(() => session.run(input, state)),
          release: () => exclusively(() => session.release()),
        }
      },
    },
  }
})
