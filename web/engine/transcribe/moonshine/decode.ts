import { SeamError } from '#protocol/errors.ts'
import type { CaptionDoubt } from '#protocol/transcribe.ts'
import { BEGIN, END } from './meta.ts'
import { loopStart } from './repetition.ts'

/** One step of the decoder. */
export interface Step {
  /** How much each token is wanted next, before softmax. */
  readonly logits: Float32Array
  /** What each aligning head attends to, a value a frame; empty when it was not asked for. */
  readonly attention: readonly Float32Array[]
}

export interface Decoding {
  readonly tokens: readonly number[]
  /** How sure the decoder was of each token: natural logarithms. */
  readonly logProbabilities: readonly number[]
  /** By step, one more than there are tokens: the last wrote the end. Each as in Step. */
  readonly attention: readonly (readonly Float32Array[])[]
  readonly doubt?: Exclude<CaptionDoubt, 'cut'>
}

/** Steps between two rests, in which a worker hears that it should stop. */
const REST_EVERY = 8

/**
 * Takes the likeliest token each time, to the end of the text, `most` tokens or a loop.
 *
 * @param next what follows this token
 */
export async function decodeGreedily(
  next: (token: number) => Promise<Step>,
  { most, end = END, signal }: { most: number; end?: number; signal?: AbortSignal | undefined },
): Promise<Decoding> {
  const tokens: number[] = []
  const logProbabilities: number[] = []
  const attention: (readonly Float32Array[])[] = []
  for (let token = BEGIN; ;) {
    if (tokens.length % REST_EVERY === 0) await rest()
    if (signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: signal.reason })
    const step = await next(token)
    const best = likeliest(step.logits)
    attention.push(step.attention)
    if (best.token === end) return { tokens, logProbabilities, attention }
    if (tokens.length === most) return { tokens, logProbabilities, attention, doubt: 'long' }
    token = best.token
    tokens.push(token)
    logProbabilities.push(best.logProbability)
    const kept = loopStart(tokens)
    if (kept !== undefined) {
      return {
        tokens: tokens.slice(0, kept),
        logProbabilities: logProbabilities.slice(0, kept),
        attention: attention.slice(0, kept + 1),
        doubt: 'repetition',
      }
    }
  }
}

/** Anything this far below the best adds nothing to the sum. */
const NEGLIGIBLE = 20

function likeliest(logits: Float32Array): { token: number; logProbability: number } {
  let token = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[token]!) token = i
  const best = logits[token]!
  if (!Number.isFinite(best)) throw new SeamError('engine', 'The recogniser’s network answers with no numbers.')
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const below = logits[i]! - best
    if (below > -NEGLIGIBLE) sum += Math.exp(below)
  }
  return { token, logProbability: -Math.log(sum) }
}

const rest = () => new Promise<void>(resolve => void setTimeout(resolve, 0))
