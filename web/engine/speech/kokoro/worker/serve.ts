import { findModel } from '#engine/catalogue.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ModelEntry } from '#protocol/models.ts'
import type { Segment } from '#protocol/speech.ts'
import { createPhonemizers } from '#text/g2p/phonemizers.ts'
import { serve } from '../../../../rpc/peer.ts'
import { openModelStore } from '../../../../storage/models.ts'
import type { ModelStore } from '../../../../storage/types.ts'
import { heapBytes } from '../../../worker/heap.ts'
import type { KokoroCalls } from '../calls.ts'
import { createKokoro, type KokoroEngine } from '../engine.ts'
import { rewriteKokoro, type GraphTarget } from '../graph/rewrite.ts'
import { REWRITE_VERSION } from '../graph/version.ts'
import type { KokoroRuntime } from '../runtime.ts'
import { voiceModel, voicePath } from '../voices.ts'
import { openEspeak } from './espeak.ts'

declare const self: DedicatedWorkerGlobalScope

/** Answers KokoroCalls on this worker's own port. */
export function serveKokoro(target: GraphTarget, runtimeFor: (threads: number) => KokoroRuntime): void {
  let opened: Promise<KokoroEngine> | undefined

  const engine = () => {
    if (!opened) throw new SeamError('internal', 'The voice was asked to speak before it was loaded.')
    return opened
  }

  serve<KokoroCalls>(self, {
    async load({ variant, threads }, run) {
      opened ??= open(variant, target, runtimeFor(threads))
      try {
        const started = performance.now()
        await (await opened).load(run)
        return { threads, took: performance.now() - started }
      } catch (error) {
        opened = undefined
        throw error
      }
    },
    async *speak(segment, run) {
      yield* (await engine()).speak(only(segment), run)
    },
    analyse: async input => (await engine()).analyse(input),
    async raw({ phonemes, voice }) {
      const { audio, durations, took } = await (await engine()).raw(phonemes, voice)
      return { audio: audio as Float32Array<ArrayBuffer>, durations, took }
    },
    vitals: async () => ({ heap: heapBytes(), realTimeFactor: (await opened)?.realTimeFactor }),
  })
}

async function open(variant: string, target: GraphTarget, runtime: KokoroRuntime): Promise<KokoroEngine> {
  const store = await openModelStore()
  const kokoro = entry('kokoro-82m')
  return createKokoro({
    runtime,
    files: {
      graph: () => rewritten(store, kokoro, variant, target),
      voice: id => store.read(entry(voiceModel(id)), voicePath(id)),
    },
    phonemizer: createPhonemizers({ english: () => englishData(store), espeak: openEspeak }),
  })
}

async function englishData(store: ModelStore) {
  const g2p = entry('g2p-en')
  const [usGold, usSilver, gbGold, gbSilver, neural] = await Promise.all(
    ['us_gold.json', 'us_silver.json', 'gb_gold.json', 'gb_silver.json', 'oov_bart_en_us.npz'].map(path =>
      store.read(g2p, path),
    ),
  )
  return { usGold: usGold!, usSilver: usSilver!, gbGold: gbGold!, gbSilver: gbSilver!, neural: neural! }
}

/** The graph for this device, made once from the downloaded file and kept. */
async function rewritten(
  store: ModelStore,
  kokoro: ModelEntry,
  variantId: string,
  target: GraphTarget,
): Promise<Uint8Array> {
  const file = kokoro.variants.find(({ id }) => id === variantId)?.files[0]
  if (!file) throw new SeamError('not-found', `Kokoro has no variant "${variantId}".`)
  const key = `${kokoro.id}/${file.sha256.slice(0, 16)}/${target}/${REWRITE_VERSION}.onnx`
  const kept = await store.readDerived(key)
  if (kept) return kept
  const graph = rewriteKokoro(await store.read(kokoro, file.path), target)
  // Speech does not wait for the copy, nor fail when there is no room for one.
  void store.writeDerived(key, graph).catch(() => undefined)
  return graph
}

function entry(id: string): ModelEntry {
  const found = findModel(id)
  if (!found) throw new SeamError('internal', `The catalogue lacks "${id}".`)
  return found
}

async function* only(segment: Segment) {
  yield segment
}
