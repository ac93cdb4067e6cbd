import { findModel } from '#engine/catalogue.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'
import type { Analysis } from '#text/g2p/phonemizer.ts'
import type { ModelStore } from '../../../storage/types.ts'
import { detectDevice, type PageDevice } from '../../device.page.ts'
import type { SpeechReport } from '../../report.ts'
import { speakInParallel } from './bulk.page.ts'
import type { AnalyseInput, RawOutput } from './calls.ts'
import { recallVerdict, tryGpu } from './gpu-trial.page.ts'
import { kokoroInfo } from './meta.ts'
import { KOKORO_VOICES } from './voices.ts'
import { startWorker, type Assignment, type KokoroWorker } from './worker-handle.page.ts'

export interface KokoroClientOptions {
  readonly models: ModelStore
  /** What the user asked for. Read at every load. */
  readonly wish: () => { readonly device: 'auto' | 'wasm' | 'webgpu'; readonly threads?: number }
}

/** Kokoro as the page uses it: workers that come and go behind one engine. */
export interface KokoroClient extends SpeechEngine {
  readonly report: SpeechReport | undefined
  watch(listener: () => void): () => void
  analyse(input: AnalyseInput): Promise<Analysis>
  /** What the network makes of phonemes, untrimmed: for the bench and for self-tests. */
  raw(phonemes: string, voice: VoiceBlend): Promise<RawOutput>
  /** An engine for long jobs, a worker a core; its `close` ends them. */
  bulk(run?: Run): Promise<SpeechEngine>
}

/** WebAssembly memory never shrinks: past this, the worker is replaced between two sentences. Bytes. */
const HEAP_LIMIT = 1.5 * 2 ** 30

export function createKokoroClient({ models, wish }: KokoroClientOptions): KokoroClient {
  const listeners = new Set<() => void>()
  let current: Promise<KokoroWorker> | undefined
  let report: SpeechReport | undefined
  let trial: Promise<void> | undefined

  const tell = () => listeners.forEach(listener => listener())

  function describe(worker: KokoroWorker, more: Partial<SpeechReport> = {}): void {
    const { device, variant, threads } = worker.assignment
    report = {
      realTimeFactor: undefined,
      ...(report?.demoted ? { demoted: report.demoted } : {}),
      ...more,
      device,
      variant,
      threads,
    }
    tell()
  }

  const worker = (run: Run) =>
    (current ??= start(run).catch(error => {
      current = undefined
      throw error
    }))

  async function start(run: Run): Promise<KokoroWorker> {
    const device = await detectDevice()
    const variant = await wasmVariant(models)
    const { device: asked, threads = device.threads } = wish()
    const onWasm: Assignment = { device: 'wasm', variant, threads: Math.min(threads, device.threads) }
    const onGpu: Assignment = { device: 'webgpu', variant: await gpuVariant(models, device, variant), threads: 1 }
    const verdict = device.webgpu ? recallVerdict(device, onGpu.variant) : undefined
    if (asked === 'webgpu' && !device.webgpu) describe({ assignment: onWasm } as KokoroWorker, { demoted: 'absent' })
    if (verdict && !verdict.good) describe({ assignment: onWasm } as KokoroWorker, { demoted: verdict.reason })
    if (verdict?.good && (asked === 'webgpu' || (asked === 'auto' && verdict.ratio < 0.8))) {
      try {
        const fast = await startWorker(onGpu, run)
        describe(fast)
        return fast
      } catch (error) {
        // A driver that went away is no reason to stay silent.
        if (toSeamError(error).code !== 'engine') throw error
      }
    }
    const wasm = await startWorker(onWasm, run)
    describe(wasm)
    if (!verdict && device.webgpu && asked === 'webgpu') return (await hold(wasm, onGpu, device, true)) ?? wasm
    // Nobody waits for this trial: speech begins on WASM, and moves over when WebGPU proves right and quicker.
    if (!verdict && device.webgpu && asked === 'auto' && !device.software)
      trial ??= hold(wasm, onGpu, device, false).then(() => undefined)
    return wasm
  }

  /** Holds the WebGPU trial and, when it is passed, puts WebGPU in the place of WASM. */
  async function hold(
    wasm: KokoroWorker,
    onGpu: Assignment,
    device: PageDevice,
    wanted: boolean,
  ): Promise<KokoroWorker | undefined> {
    const { verdict, worker: passed } = await tryGpu(wasm, onGpu, device)
    if (!passed || !verdict.good) {
      describe(wasm, { demoted: verdict.good ? 'failed' : verdict.reason })
      return undefined
    }
    if (!wanted && verdict.ratio >= 0.8) {
      passed.peer.terminate()
      return undefined
    }
    current = Promise.resolve(passed)
    describe(passed)
    // What WASM is in the middle of may end there.
    if (wanted) wasm.peer.terminate()
    return passed
  }

  /** The worker is gone or of no more use: the next call starts another. */
  function drop(gone: KokoroWorker): void {
    gone.peer.terminate()
    void current?.then(now => {
      if (now === gone) current = undefined
    })
  }

  async function* speak(segments: AsyncIterable<Segment>, run: Run): AsyncGenerator<PcmChunk> {
    for await (const segment of segments) {
      const speaker = await worker(run)
      try {
        yield* speaker.peer.stream('speak', segment, run)
      } catch (error) {
        if (toSeamError(error).code === 'engine') {
          drop(speaker)
          current = undefined
        }
        throw error
      }
      const { heap, realTimeFactor } = await speaker.peer.call('vitals', null)
      if (realTimeFactor !== undefined) describe(speaker, { realTimeFactor })
      if (heap > HEAP_LIMIT) {
        drop(speaker)
        current = undefined
      }
    }
  }

  async function ask<T>(question: (peer: KokoroWorker['peer']) => Promise<T>): Promise<T> {
    const asked = await worker({})
    try {
      return await question(asked.peer)
    } catch (error) {
      if (toSeamError(error).code === 'engine') drop(asked)
      throw error
    }
  }

  return {
    info: kokoroInfo,
    get report() {
      return report
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    supports: () => typeof WebAssembly === 'object',
    load: async (run = {}) => void (await worker(run)),
    voices: async () => KOKORO_VOICES,
    speak: (segments, run = {}) => speak(segments, run),
    analyse: input => ask(peer => peer.call('analyse', input)),
    raw: (phonemes, voice) => ask(peer => peer.call('raw', { phonemes, voice })),
    async bulk(run = {}) {
      const { assignment } = await worker(run)
      // A GPU serves one queue; and one thread a core needs at least two cores to gain anything.
      if (assignment.device === 'webgpu' || assignment.threads < 2) return { ...this, close: async () => {} }
      return speakInParallel(assignment, run)
    },
    async close() {
      await trial?.catch(() => undefined)
      const open = current
      current = undefined
      ;(await open?.catch(() => undefined))?.peer.terminate()
    },
  }
}

function kokoro() {
  const entry = findModel('kokoro-82m')
  if (!entry) throw new SeamError('internal', 'The catalogue lacks Kokoro.')
  return entry
}

/** Whichever of the int8 files is here: they sound the same. */
async function wasmVariant(models: ModelStore): Promise<string> {
  const entry = kokoro()
  for (const variant of entry.variants.filter(({ dtype }) => dtype === 'int8')) {
    if ((await models.state(entry, variant)).state === 'ready') return variant.id
  }
  throw new SeamError('not-found', 'The voice’s model is not on this device yet. Fetch it in Models.', {
    details: { model: entry.id },
  })
}

/** Float weights where they were fetched for it; else the int8 file, whose graph is made float for the GPU. */
async function gpuVariant(models: ModelStore, device: PageDevice, fallback: string): Promise<string> {
  const entry = kokoro()
  for (const id of device.shaderF16 ? ['fp32', 'fp16'] : ['fp32']) {
    const variant = entry.variants.find(candidate => candidate.id === id)
    if (variant && (await models.state(entry, variant)).state === 'ready') return id
  }
  return fallback
}
