import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import { decodeGreedily, type Decoding } from '../moonshine/decode.ts'
import { isSilent, loudnessOf } from '../moonshine/loudness.ts'
import { timedWords } from '../moonshine/timed-words.ts'
import { HEARING_RATE, type Recogniser, type RecogniseRun, type Recognition } from '../recogniser.ts'
import { isCertain } from './certainty.ts'
import { languageCode } from './languages.ts'
import { FRAME, LAG, LONGEST, mostTokens, SHORTEST, whisperInfo } from './meta.ts'
import type { OpenWhisper, WhisperModel, WhisperReading, WhisperStep } from './model.ts'
import { likeliestLanguage, promptFor, requireLanguage, silenceProbability, suppress } from './prompt.ts'
import { spellTokens } from './spelling.ts'

const NOTHING: Recognition = { text: '', words: [] }

/** Whisper over whatever runs its networks. @param info of the weights */
export function createWhisper(openModel: OpenWhisper, info: TranscriberInfo = whisperInfo): Recogniser {
  let opened: Promise<WhisperModel> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  /** The language of the last stretch: likely that of the next one, too. */
  let latest = 'en'

  const open = (run: Run) =>
    (opened ??= openModel(run).catch((error: unknown) => {
      opened = undefined
      throw error
    }))

  /** Networks take one run at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  /** Begins a text in the language that is heard, or in the one that was asked for. */
  async function begin(model: WhisperModel, reading: WhisperReading, wanted: string | undefined, run: RecogniseRun) {
    const heads = run.words ? model.heads : []
    const first = await reading.next(promptFor(model.tokens, wanted ?? latest), heads)
    const heard = wanted ?? likeliestLanguage(first.logits[0]!, model.tokens) ?? latest
    if (heard === (wanted ?? latest)) return first
    latest = heard
    reading.restart()
    return reading.next(promptFor(model.tokens, heard), heads)
  }

  async function decode(model: WhisperModel, samples: Float32Array, run: RecogniseRun) {
    const wanted = languageCode(run.lang)
    requireLanguage(wanted, model.tokens, info.name)
    const reading = await model.read(samples)
    try {
      let first: WhisperStep | undefined = await begin(model, reading, wanted, run)
      const silence = silenceProbability(first.logits[0]!, model.tokens)
      const heads = run.words ? model.heads : []
      const decoding: Decoding = await decodeGreedily(
        async token => {
          const { logits, attention } = first ?? (await reading.next([token], heads))
          const isFirst = first !== undefined
          first = undefined
          return { logits: suppress(logits.at(-1)!, model.tokens, isFirst), attention }
        },
        { most: mostTokens(samples.length / HEARING_RATE), end: model.tokens.end, signal: run.signal },
      )
      return { decoding, silence }
    } finally {
      reading.end()
    }
  }

  return {
    info,
    longest: LONGEST,
    load: async (run = {}) => void (await open(run)),
    async recognise(samples, run = {}) {
      check(samples)
      const levels = loudnessOf(samples)
      if (samples.length < SHORTEST * HEARING_RATE || isSilent(levels)) return NOTHING
      const model = await open(run)
      return inTurn(async () => {
        if (run.signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: run.signal.reason })
        const { decoding, silence } = await decode(model, samples, run)
        const spelling = spellTokens(decoding.tokens, model.spell)
        if (!isCertain(decoding, spelling.text, silence)) return NOTHING
        const { doubt } = decoding
        return {
          text: spelling.text,
          words: run.words ? timedWords(spelling, decoding, { samples, levels, frame: FRAME, lag: LAG }) : [],
          ...(doubt && { doubt }),
        }
      })
    },
    async close() {
      const closing = opened
      opened = undefined
      await turn
      await (await closing?.catch(() => undefined))?.close()
    },
  }
}

function check(samples: Float32Array): void {
  if (samples.length <= LONGEST * HEARING_RATE) return
  const seconds = (samples.length / HEARING_RATE).toFixed(1)
  throw new SeamError('bad-input', `${seconds} s of sound are too long at once. Cut it to at most ${LONGEST} s.`)
}
