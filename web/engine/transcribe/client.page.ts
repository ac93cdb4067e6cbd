import { findModel } from '#engine/catalogue.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelEntry, ModelVariant } from '#protocol/models.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import type { ModelStore } from '../../storage/types.ts'
import { detectDevice, suits, type PageDevice } from '../device.page.ts'
import type { TranscriberReport } from '../report.ts'
import { moonshineInfo } from './moonshine/meta.ts'
import { type ListeningWorker, startListeningWorker } from './worker-handle.page.ts'
import { createWorkerTranscriber, type TranscriberClient } from './worker-transcriber.page.ts'

export interface TranscriberClientOptions {
  readonly models: ModelStore
  /** What the user asked for. Read at every load. */
  readonly wish: () => { readonly threads?: number }
}

/** What differs from one recogniser to another. */
export interface ListeningEngine {
  readonly info: TranscriberInfo
  /** Its weights. */
  readonly model: ModelEntry | undefined
  /** A fresh worker that answers TranscriberCalls. @param variant the weights that it is for */
  start(variant: ModelVariant): Worker
}

export const MOONSHINE: ListeningEngine = {
  info: moonshineInfo,
  model: findModel(moonshineInfo.id),
  // Written out twice, so that the bundler sees both and keeps them apart.
  start: ({ device }) =>
    device === 'webgpu'
      ? new Worker(new URL('./worker/webgpu.worker.ts', import.meta.url), {
          type: 'module',
          name: 'transcriber-webgpu',
        })
      : new Worker(new URL('./worker/wasm.worker.ts', import.meta.url), { type: 'module', name: 'transcriber' }),
}

export function createTranscriberClient(
  { models, wish }: TranscriberClientOptions,
  engine: ListeningEngine = MOONSHINE,
): TranscriberClient {
  let report: TranscriberReport | undefined

  function describe({ assignment }: ListeningWorker, realTimeFactor = report?.realTimeFactor): void {
    const { model, variant, threads } = assignment
    const device = model.variants.find(({ id }) => id === variant)?.device === 'webgpu' ? 'webgpu' : 'wasm'
    report = { model: model.id, variant, threads, device, realTimeFactor }
    client.tell()
  }

  async function start(): Promise<ListeningWorker> {
    const { model, info } = engine
    if (!model) throw new SeamError('internal', `The catalogue lacks ${info.name}.`)
    const device = await detectDevice()
    const wanted = wish().threads ?? device.threads
    const threads = Math.min(wanted, device.threads)
    const variants = await variantsHere(models, model, device)
    for (const [at, variant] of variants.entries()) {
      try {
        const started = await startListeningWorker(engine.start(variant), { model, variant: variant.id, threads })
        describe(started)
        return started
      } catch (error) {
        // A graphics card that does not take the network: the processor may.
        if (toSeamError(error).code !== 'engine' || at === variants.length - 1) throw error
      }
    }
    throw new SeamError('not-found', 'The model that listens is not on this device yet. Fetch it in Models.', {
      details: { model: model.id },
    })
  }

  const client = createWorkerTranscriber({
    info: engine.info,
    start,
    report: () => report,
    noted: (used, { realTimeFactor }) => realTimeFactor === undefined || describe(used, realTimeFactor),
  })
  return client
}

/** The variants that are here and that this device can use, those for its graphics card first. */
async function variantsHere(models: ModelStore, model: ModelEntry, device: PageDevice): Promise<ModelVariant[]> {
  const usable = model.variants.filter(variant => suits(variant, device))
  const states = await Promise.all(usable.map(variant => models.state(model, variant)))
  const here = usable.filter((_, at) => states[at]!.state === 'ready')
  return here.sort((a, b) => Number(b.device === 'webgpu') - Number(a.device === 'webgpu'))
}
