import { findModel } from '#engine/catalogue.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk, Transcriber } from '#protocol/transcribe.ts'
import type { ModelStore } from '../../storage/types.ts'
import { detectDevice } from '../device.page.ts'
import type { TranscriberReport } from '../report.ts'
import type { LoadInput, Vitals } from './calls.ts'
import { captionsOf } from './captions.ts'
import type { HearingEvent, HearRun } from './events.ts'
import { moonshineInfo } from './moonshine/meta.ts'
import { listenThrough, outgrown } from './session.ts'
import { type ListeningWorker, startListeningWorker } from './worker-handle.page.ts'

export interface TranscriberClientOptions {
  readonly models: ModelStore
  /** What the user asked for. Read at every load. */
  readonly wish: () => { readonly threads?: number }
}

/** Moonshine as the page uses it: workers that come and go behind one transcriber. */
export interface TranscriberClient extends Transcriber {
  /** Undefined before `load`. */
  readonly report: TranscriberReport | undefined
  watch(listener: () => void): () => void
  /** Everything as it is heard: where speech begins and ends, and the captions. */
  listen(sound: AsyncIterable<SoundChunk>, run?: HearRun): AsyncIterable<HearingEvent>
}

export function createTranscriberClient({ models, wish }: TranscriberClientOptions): TranscriberClient {
  const listeners = new Set<() => void>()
  let current: Promise<ListeningWorker> | undefined
  let report: TranscriberReport | undefined

  function describe({ assignment }: ListeningWorker, realTimeFactor = report?.realTimeFactor): void {
    const { model, variant, threads } = assignment
    report = { model, variant, threads, device: 'wasm', realTimeFactor }
    listeners.forEach(listener => listener())
  }

  function worker(): Promise<ListeningWorker> {
    const starting = (current ??= start().catch((error: unknown) => {
      if (current === starting) current = undefined
      throw error
    }))
    return starting
  }

  async function start(): Promise<ListeningWorker> {
    const device = await detectDevice()
    const { threads = device.threads } = wish()
    const started = await startListeningWorker({
      ...(await chosenModel(models)),
      threads: Math.min(threads, device.threads),
    })
    describe(started)
    return started
  }

  /** No new sound comes to it; it ends with its last one. */
  function retire(old: ListeningWorker): void {
    if (old.retired) return
    old.retired = true
    current = undefined
    if (old.users === 0) old.peer.close()
  }

  const parts = {
    async worker() {
      const found = await worker()
      found.users += 1
      return found
    },
    leave(used: ListeningWorker, failed: boolean) {
      used.users -= 1
      if (failed) retire(used)
      if (used.retired && (failed || used.users === 0)) used.peer.terminate()
    },
    note(used: ListeningWorker, vitals: Vitals) {
      if (vitals.realTimeFactor !== undefined) describe(used, vitals.realTimeFactor)
      if (outgrown(vitals)) retire(used)
    },
  }

  const listen = (sound: AsyncIterable<SoundChunk>, run: HearRun = {}) => listenThrough(parts, sound, run)

  return {
    info: moonshineInfo,
    get report() {
      return report
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    supports: () => typeof WebAssembly === 'object',
    load: async (run = {}) => {
      run.signal?.throwIfAborted()
      await worker()
    },
    listen,
    transcribe: (sound, run) => captionsOf(listen(sound, run)),
    async close() {
      const open = current
      current = undefined
      ;(await open?.catch(() => undefined))?.peer.close()
    },
  }
}

/** Whichever of the variants for WebAssembly is here. */
async function chosenModel(models: ModelStore): Promise<Pick<LoadInput, 'model' | 'variant'>> {
  const entry = findModel(moonshineInfo.id)
  if (!entry) throw new SeamError('internal', 'The catalogue lacks Moonshine.')
  for (const variant of entry.variants) {
    if (variant.device !== 'webgpu' && (await models.state(entry, variant)).state === 'ready') {
      return { model: entry.id, variant: variant.id }
    }
  }
  throw new SeamError('not-found', 'The model that listens is not on this device yet. Fetch it in Models.', {
    details: { model: entry.id },
  })
}
