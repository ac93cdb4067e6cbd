import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { HEARING_RATE, type Recogniser, type RecogniseRun, type Recognition } from '../recogniser.ts'
import { isCertain } from './certainty.ts'
import { decodeGreedily, type Decoding } from './decode.ts'
import { ALIGNING, showsAttention, withAttention, type Head } from './graph/attention.ts'
import { isSilent, loudnessOf } from './loudness.ts'
import { LONGEST, moonshineInfo, mostTokens, SHORTEST } from './meta.ts'
import { beginReading, type Networks } from './reading.ts'
import type { MoonshineRuntime, Network } from './runtime.ts'
import { timedWords } from './timed-words.ts'
import { readVocabulary, spell, type Vocabulary } from './tokenizer.ts'
import { tryOut } from './trial.ts'

/** Where the recogniser gets its weights. */
export interface MoonshineFiles {
  encoder(run: Run): Promise<Uint8Array>
  decoder(run: Run): Promise<Uint8Array>
  tokenizer(run: Run): Promise<Uint8Array>
}

export interface MoonshineParts {
  readonly runtime: MoonshineRuntime
  readonly files: MoonshineFiles
}

interface Opened extends Networks {
  readonly vocabulary: Vocabulary
  /** Those that tell when a word sounds; none where the file is another one. */
  readonly heads: readonly Head[]
}

/** Moonshine over any ONNX Runtime. */
export function createMoonshine({ runtime, files }: MoonshineParts): Recogniser {
  let opened: Promise<Opened> | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const open = (run: Run) =>
    (opened ??= openAll(runtime, files, run).catch(error => {
      opened = undefined
      throw error
    }))

  /** Networks take one run at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  return {
    info: moonshineInfo,
    longest: LONGEST,
    load: async (run = {}) => void (await open(run)),
    async recognise(samples, run = {}) {
      check(samples, run)
      const levels = loudnessOf(samples)
      if (samples.length < SHORTEST * HEARING_RATE || isSilent(levels)) return NOTHING
      const networks = await open(run)
      return inTurn(async () => {
        throwIfCancelled(run)
        const heads = run.words ? networks.heads : []
        const decoding = await read(networks, runtime, samples, heads, run)
        const spelling = spell(decoding.tokens, networks.vocabulary)
        if (!isCertain(decoding, spelling.text)) return NOTHING
        const { doubt } = decoding
        return {
          text: spelling.text,
          words: run.words ? timedWords(spelling, decoding, { samples, levels }) : [],
          ...(doubt && { doubt }),
        }
      })
    },
    async close() {
      const networks = opened
      opened = undefined
      await turn
      const closing = await networks?.catch(() => undefined)
      await closing?.encoder.close()
      await closing?.decoder.close()
    },
  }
}

const NOTHING: Recognition = { text: '', words: [] }

async function openAll(runtime: MoonshineRuntime, files: MoonshineFiles, run: Run): Promise<Opened> {
  const [encoder, decoder, tokenizer] = await Promise.all([
    files.encoder(run),
    files.decoder(run),
    files.tokenizer(run),
  ])
  const vocabulary = readVocabulary(tokenizer)
  const open: Network[] = [await runtime.open(encoder)]
  try {
    const writing = await openDecoder(runtime, decoder)
    open.push(writing.decoder)
    const networks = { encoder: open[0]!, vocabulary, ...writing }
    if (runtime.device === 'webgpu') await tryOut(networks, runtime, networks.heads)
    return networks
  } catch (error) {
    for (const network of open) await network.close()
    throw error
  }
}

/** With attention where that can be had; else as it is, and words get rougher times. */
async function openDecoder(runtime: MoonshineRuntime, file: Uint8Array) {
  const exposed = await withAttention(file)
  const shown = exposed && (await runtime.open(exposed).catch(() => undefined))
  const decoder = shown ?? (await runtime.open(file))
  return { decoder, heads: showsAttention(decoder.outputs) ? ALIGNING : [] }
}

async function read(
  networks: Networks,
  runtime: MoonshineRuntime,
  samples: Float32Array,
  heads: readonly Head[],
  { signal }: Run,
): Promise<Decoding> {
  const reading = await beginReading(networks, runtime, samples)
  try {
    const most = mostTokens(samples.length / HEARING_RATE)
    return await decodeGreedily(token => reading.next(token, heads), { most, signal })
  } finally {
    reading.end()
  }
}

function check(samples: Float32Array, { lang }: RecogniseRun): void {
  if (lang !== undefined && !/^en(-|$)/i.test(lang)) {
    throw new SeamError('unsupported', `${moonshineInfo.name} understands English alone, not “${lang}”.`)
  }
  if (samples.length > LONGEST * HEARING_RATE) {
    const seconds = (samples.length / HEARING_RATE).toFixed(1)
    throw new SeamError('bad-input', `${seconds} s of sound are too long at once. Cut it to at most ${LONGEST} s.`)
  }
}

function throwIfCancelled({ signal }: Run): void {
  if (signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: signal.reason })
}
