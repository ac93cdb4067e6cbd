import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Lang, Segment, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'
import { parseMarks } from '#text/marks/parse.ts'
import type { Analysis, Phonemizer } from '#text/g2p/phonemizer.ts'
import { planChunks, type Chunk } from './chunk.ts'
import { KOKORO_SAMPLE_RATE, kokoroInfo } from './meta.ts'
import type { KokoroRuntime, KokoroSession } from './runtime.ts'
import { checkBlend, parseStyleTable, styleRow, type StyleTable } from './style.ts'
import { wordTimes, type TimedWord } from './timing.ts'
import { tokenize } from './tokens.ts'
import { trimSilence } from './trim.ts'
import { KOKORO_VOICES } from './voices.ts'

/** Where the engine gets its weights. */
export interface KokoroFiles {
  /** The rewritten graph for the runtime's device. */
  graph(run: Run): Promise<Uint8Array>
  /** A voice's style table, by voice id. */
  voice(id: string): Promise<Uint8Array>
}

export interface KokoroParts {
  readonly runtime: KokoroRuntime
  readonly files: KokoroFiles
  /** The reader of a language. */
  readonly phonemizer: (lang: Lang) => Promise<Phonemizer>
}

export interface KokoroEngine extends SpeechEngine {
  readonly runtime: KokoroRuntime
  /** Seconds of work a second of sound, over the last few chunks; undefined before the first. */
  readonly realTimeFactor: number | undefined
  analyse(segment: Pick<Segment, 'text' | 'lang' | 'lexicon'>): Promise<Analysis>
  /** What the network makes of phonemes, untrimmed: for self-tests. At most 510 symbols. */
  raw(phonemes: string, voice: VoiceBlend): Promise<RawSpeech>
}

export interface RawSpeech {
  /** Mono, 24 kHz. */
  readonly audio: Float32Array
  /** Frames of 25 ms for each token, pads included. */
  readonly durations: readonly number[]
  /** Milliseconds of work. */
  readonly took: number
}

const SPEEDS = { least: 0.5, most: 2 } as const
/** Taken until this machine was measured: a laptop of two cores without WebGPU. */
const ASSUMED_REAL_TIME_FACTOR = 0.7

/** Kokoro-82M over any ONNX Runtime. */
export function createKokoro({ runtime, files, phonemizer }: KokoroParts): KokoroEngine {
  const known = new Set(KOKORO_VOICES.map(voice => voice.id))
  const tables = new Map<string, Promise<StyleTable>>()
  let session: Promise<KokoroSession> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let realTimeFactor: number | undefined

  const open = (run: Run) =>
    (session ??= files
      .graph(run)
      .then(graph => runtime.open(graph))
      .catch(error => {
        session = undefined
        throw error
      }))

  const table = (id: string) => {
    let found = tables.get(id)
    if (!found) {
      found = files.voice(id).then(bytes => parseStyleTable(bytes, id))
      tables.set(id, found)
      found.catch(() => tables.delete(id))
    }
    return found
  }

  const blend = (voice: VoiceBlend) =>
    Promise.all(voice.map(async ({ id, weight }) => ({ table: await table(id), weight })))

  /** Sessions take one run at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  const infer = (network: KokoroSession, ids: BigInt64Array, style: Float32Array, speed: number) =>
    inTurn(async () => {
      const started = performance.now()
      const result = await network.run(ids, style, speed)
      return { ...result, took: performance.now() - started }
    })

  async function analyse({ text, lang, lexicon }: Pick<Segment, 'text' | 'lang' | 'lexicon'>): Promise<Analysis> {
    const { plain, overrides } = parseMarks(text)
    return (await phonemizer(lang)).analyse(plain, { lang, lexicon, overrides })
  }

  async function* speakSegment(segment: Segment, run: Run): AsyncGenerator<PcmChunk> {
    check(segment, known)
    const [tablesOfVoice, analysis, network] = await Promise.all([blend(segment.voice), analyse(segment), open(run)])
    const steps = plan(segment, analysis, realTimeFactor)
    let at = 0
    for (const [index, step] of steps.entries()) {
      run.signal?.throwIfAborted()
      const last = index === steps.length - 1
      const base = { sampleRate: KOKORO_SAMPLE_RATE, channels: 1, segment: segment.id, at, last } as const
      if ('silence' in step) {
        yield { ...base, samples: new Float32Array(Math.round(step.silence * KOKORO_SAMPLE_RATE)) }
        at += step.silence
        continue
      }
      const { ids, offsets } = tokenize(step.phonemes)
      const { audio, durations, took } = await infer(
        network,
        ids,
        styleRow(tablesOfVoice, offsets.length),
        segment.speed,
      )
      checkSound(audio, step.phonemes)
      note(took, audio.length)
      const { samples, lead } = trimSilence(audio, KOKORO_SAMPLE_RATE)
      const length = samples.length / KOKORO_SAMPLE_RATE
      const words = wordTimes(timedWords(analysis, step.chunk, offsets), durations, { at, lead, length })
      const padded = withSilence(samples, step.chunk.pauseAfter)
      // Who takes the chunk may take its buffer along, over a port: an array without one has no length.
      at += padded.length / KOKORO_SAMPLE_RATE
      yield { ...base, samples: padded, words }
    }
    // Nothing that can be spoken (an emoji, another script): the segment still ends, with no sound.
    if (steps.length === 0) {
      yield {
        samples: new Float32Array(0),
        sampleRate: KOKORO_SAMPLE_RATE,
        channels: 1,
        segment: segment.id,
        at: 0,
        last: true,
        words: [],
      }
    }
  }

  function note(milliseconds: number, samples: number): void {
    const factor = milliseconds / 1000 / (samples / KOKORO_SAMPLE_RATE)
    realTimeFactor = realTimeFactor === undefined ? factor : realTimeFactor * 0.7 + factor * 0.3
  }

  return {
    info: kokoroInfo,
    runtime,
    get realTimeFactor() {
      return realTimeFactor
    },
    supports: () => true,
    load: async (run = {}) => {
      // English is what nearly every text is in: its data is opened before somebody waits for it.
      await Promise.all([open(run), phonemizer('en-us')])
    },
    voices: async () => KOKORO_VOICES,
    analyse,
    async raw(phonemes, voice) {
      const [network, tablesOfVoice] = await Promise.all([open({}), blend(voice)])
      const { ids, offsets } = tokenize(phonemes)
      return infer(network, ids, styleRow(tablesOfVoice, offsets.length), 1)
    },
    async *speak(segments, run = {}) {
      for await (const segment of segments) yield* speakSegment(segment, run)
    },
    async close() {
      const opened = session
      session = undefined
      tables.clear()
      await turn
      await (await opened?.catch(() => undefined))?.release()
    },
  }
}

function check({ voice, speed, text }: Segment, known: ReadonlySet<string>): void {
  checkBlend(voice, known)
  if (!(speed >= SPEEDS.least && speed <= SPEEDS.most)) {
    throw new SeamError(
      'bad-input',
      `The speed is ${speed}; it must be a number from ${SPEEDS.least} to ${SPEEDS.most}.`,
    )
  }
  if (text.trim() === '') throw new SeamError('bad-input', 'There is no text to speak. Type some, then try again.')
}

type Step = { readonly silence: number } | { readonly chunk: Chunk; readonly phonemes: string }

/** Runs of the model and the pauses that the text asks for, in order. */
function plan(segment: Segment, analysis: Analysis, measured: number | undefined): Step[] {
  const steps: Step[] = []
  const realTimeFactor = measured ?? ASSUMED_REAL_TIME_FACTOR
  let buffered = segment.buffered
  const speak = (from: number, to: number) => {
    const part = analysis.phonemes.slice(from, to)
    const hurry = buffered === undefined ? undefined : { buffered, realTimeFactor, speed: segment.speed }
    for (const chunk of planChunks(part, hurry)) {
      const phonemes = part.slice(chunk.from, chunk.to).trim()
      if (phonemes)
        steps.push({ chunk: { from: chunk.from + from, to: chunk.to + from, pauseAfter: chunk.pauseAfter }, phonemes })
    }
  }
  let done = 0
  for (const { at, seconds } of parseMarks(segment.text).pauses) {
    const word = analysis.words.find(({ from }) => from >= at)
    const cut = word ? word.phonemeFrom : analysis.phonemes.length
    if (cut > done) speak(done, cut)
    done = cut
    steps.push({ silence: seconds })
    if (buffered !== undefined) buffered += seconds
  }
  speak(done, analysis.phonemes.length)
  return steps
}

/** The chunk's words, by token. A word's tokens may be none when Kokoro knows none of its symbols. */
function timedWords(analysis: Analysis, chunk: Chunk, offsets: readonly number[]): TimedWord[] {
  const text = analysis.phonemes.slice(chunk.from, chunk.to)
  const start = chunk.from + (text.length - text.trimStart().length)
  const token = (offset: number) => {
    let low = 0
    let high = offsets.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (offsets[middle]! >= offset) high = middle
      else low = middle + 1
    }
    return low
  }
  return analysis.words
    .filter(word => word.source !== 'punctuation' && word.phonemeTo > start && word.phonemeFrom < chunk.to)
    .map(word => ({
      text: analysis.text.slice(word.from, word.to),
      from: word.from,
      to: word.to,
      fromToken: token(word.phonemeFrom - start),
      toToken: token(word.phonemeTo - start),
    }))
}

/** A network gone wrong says NaN or nothing; both must never reach the store. */
function checkSound(audio: Float32Array, phonemes: string): void {
  let peak = 0
  for (let i = 0; i < audio.length; i++) {
    const level = Math.abs(audio[i]!)
    if (!(level < 8))
      throw new SeamError('engine', 'The voice made noise instead of speech. Try another device in Settings.')
    if (level > peak) peak = level
  }
  if (peak < 1e-3 && /\p{L}/u.test(phonemes)) {
    throw new SeamError('engine', 'The voice stayed silent. Try another device in Settings.')
  }
}

function withSilence(samples: Float32Array<ArrayBuffer>, seconds: number): Float32Array<ArrayBuffer> {
  if (seconds === 0) return samples
  const longer = new Float32Array(samples.length + Math.round(seconds * KOKORO_SAMPLE_RATE))
  longer.set(samples)
  return longer
}
