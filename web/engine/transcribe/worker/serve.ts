import { findModel } from '#engine/catalogue.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelEntry } from '#protocol/models.ts'
import { serve } from '../../../rpc/peer.ts'
import { openModelStore } from '../../../storage/models.ts'
import type { ModelStore } from '../../../storage/types.ts'
import type { SpeechDetector } from '../../vad/detector.ts'
import { createEnergyDetector } from '../../vad/energy.ts'
import type { SileroRuntime } from '../../vad/runtime.ts'
import { createSilero } from '../../vad/silero.ts'
import { heapBytes } from '../../worker/heap.ts'
import type { LoadInput, LoadOutput, TranscriberCalls } from '../calls.ts'
import { transcriberHandlers } from '../handlers.ts'
import type { Recogniser } from '../recogniser.ts'
import { createTranscriber } from '../stream.ts'

declare const self: DedicatedWorkerGlobalScope

/** What a worker listens with. */
export interface Ears {
  readonly recogniser: Recogniser
  readonly silero: SileroRuntime
}

/** Answers TranscriberCalls on this worker's own port. */
export function serveTranscriber<Load = LoadInput>(
  earsFor: (store: ModelStore, input: Load) => Ears | Promise<Ears>,
): void {
  const handlers = transcriberHandlers<Load>({
    heap: heapBytes,
    async open(input) {
      const store = await openModelStore()
      const { recogniser, silero } = await earsFor(store, input)
      const { detector, kind } = await openDetector(store, silero)
      return { transcriber: createTranscriber({ recogniser, detector }), detector: kind }
    },
  })
  serve<TranscriberCalls<Load>>(self, handlers)
}

/** The trained detector, of whichever version is here; loudness has to do where there is none. */
async function openDetector(
  store: ModelStore,
  runtime: SileroRuntime,
): Promise<{ readonly detector: SpeechDetector; readonly kind: LoadOutput['detector'] }> {
  const silero = entry('silero-vad')
  for (const { path } of silero.variants.flatMap(variant => variant.files)) {
    try {
      const weights = await store.read(silero, path)
      return { detector: createSilero({ runtime, model: async () => weights }), kind: 'silero' }
    } catch (error) {
      if (toSeamError(error).code !== 'not-found') throw error
    }
  }
  return { detector: createEnergyDetector(), kind: 'energy' }
}

function entry(id: string): ModelEntry {
  const found = findModel(id)
  if (!found) throw new SeamError('internal', `The catalogue lacks “${id}”.`)
  return found
}
