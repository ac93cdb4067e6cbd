import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createHash, randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { createKokoro, type KokoroEngine } from '#engine/speech/kokoro/engine.ts'
import { rewriteKokoro } from '#engine/speech/kokoro/graph/rewrite.ts'
import { REWRITE_VERSION } from '#engine/speech/kokoro/graph/version.ts'
import { ortRuntime } from '#engine/speech/kokoro/runtime.ts'
import { voiceModel, voicePath } from '#engine/speech/kokoro/voices.ts'
import { findModel, modelFiles } from '#engine/catalogue.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { createPhonemizers } from '#text/g2p/phonemizers.ts'
import type { G2pData, Phonemizer } from '#text/g2p/phonemizer.ts'
import { openEspeak } from './espeak.ts'
import { isMissing } from './models/files.ts'

export interface SpeechOptions {
  /** The companion's folder of weights. */
  readonly models: string
  /** Processor threads; as many as there are cores, at most four, when absent. */
  readonly threads?: number
}

/** Kokoro on onnxruntime-node. @throws SeamError not-found at the first use, naming the model to pull */
export function openSpeech({ models, threads = Math.min(4, availableParallelism()) }: SpeechOptions): KokoroEngine {
  return createKokoro({
    runtime: ortRuntime(ort, { device: 'cpu', threads }),
    files: {
      graph: () => rewrittenGraph(models),
      voice: id => readModelFile(models, voiceModel(id), voicePath(id)),
    },
    phonemizer: openPhonemizers(models),
  })
}

/** Pronunciation alone, without the voice. */
export function openPhonemizers(models: string): (lang: Lang) => Promise<Phonemizer> {
  return createPhonemizers({ english: () => englishData(models), espeak: openEspeak })
}

async function englishData(models: string): Promise<G2pData> {
  const [usGold, usSilver, gbGold, gbSilver, neural] = await Promise.all([
    readModelFile(models, 'g2p-en', 'us_gold.json'),
    readModelFile(models, 'g2p-en', 'us_silver.json'),
    readModelFile(models, 'g2p-en', 'gb_gold.json'),
    readModelFile(models, 'g2p-en', 'gb_silver.json'),
    readModelFile(models, 'g2p-en', 'oov_bart_en_us.npz'),
  ])
  return { usGold, usSilver, gbGold, gbSilver, neural }
}

async function readModelFile(models: string, model: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const file = await readFile(join(models, model, ...path.split('/')))
    // A Buffer's slice() is a view where a Uint8Array's is a copy: portable code must not meet one.
    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new SeamError('not-found', `The model file ${model}/${path} is not here. Run: voxloom models pull ${model}`, {
      cause: error,
      details: { model },
    })
  }
}

/** The graph made fast, once for each source file and rewriter, and kept beside the weights under its hash. */
async function rewrittenGraph(models: string): Promise<Uint8Array> {
  const file = await sourceFile(models)
  const folder = join(models, '.derived', 'kokoro-82m', file.sha256.slice(0, 16), REWRITE_VERSION)
  const kept = await readChecked(folder)
  if (kept) return kept
  const graph = rewriteKokoro(await readModelFile(models, 'kokoro-82m', file.path), 'wasm')
  // A full disk or a read-only folder costs time at the next start, not the speech.
  await keep(folder, graph).catch(() => undefined)
  return graph
}

/** Whichever of the int8 files is here: they hold the same weights. */
async function sourceFile(models: string) {
  const entry = findModel('kokoro-82m')!
  const files = modelFiles({ ...entry, shared: [] }, ['int8', 'q8'])
  for (const file of files) {
    try {
      if ((await stat(join(models, entry.id, file.path))).size === file.bytes) return file
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }
  throw new SeamError('not-found', 'The voice’s model is not here. Run: voxloom models pull kokoro-82m', {
    details: { model: entry.id },
  })
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function readChecked(folder: string): Promise<Uint8Array | undefined> {
  try {
    const [bytes, noted] = await Promise.all([
      readFile(join(folder, 'graph.onnx')),
      readFile(join(folder, 'sha256'), 'utf8'),
    ])
    return sha256(bytes) === noted.trim() ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Written aside and renamed, hash last: a reader sees all of it or none. */
async function keep(folder: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of [
    ['graph.onnx', bytes],
    ['sha256', sha256(bytes)],
  ] as const) {
    const aside = join(dirname(folder), `.${randomUUID()}`)
    try {
      await writeFile(aside, content)
      await rename(aside, join(folder, name))
    } finally {
      await rm(aside, { force: true })
    }
  }
}
