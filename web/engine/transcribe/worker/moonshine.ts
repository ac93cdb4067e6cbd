import { SeamError } from '#protocol/errors.ts'
import type { SileroRuntime } from '../../vad/runtime.ts'
import { createMoonshine } from '../moonshine/engine.ts'
import { MOONSHINE_PATHS } from '../moonshine/meta.ts'
import type { MoonshineRuntime } from '../moonshine/runtime.ts'
import { serveTranscriber } from './serve.ts'

/** What runs the networks of one worker. */
export interface Runtimes {
  readonly moonshine: MoonshineRuntime
  readonly silero: SileroRuntime
}

/** Listens with Moonshine on this worker's own port. @param runtimesFor called once, with the number of threads */
export function serveMoonshine(runtimesFor: (threads: number) => Runtimes): void {
  serveTranscriber((store, { model, variant, threads }) => {
    const paths = Object.entries(MOONSHINE_PATHS).find(([id]) => id === variant)?.[1]
    if (!paths) throw new SeamError('not-found', `${model.name} has no variant “${variant}”.`)
    const { moonshine, silero } = runtimesFor(threads)
    return {
      recogniser: createMoonshine({
        runtime: moonshine,
        files: {
          encoder: () => store.read(model, paths.encoder),
          decoder: () => store.read(model, paths.decoder),
          tokenizer: () => store.read(model, paths.tokenizer),
        },
      }),
      silero,
    }
  })
}
