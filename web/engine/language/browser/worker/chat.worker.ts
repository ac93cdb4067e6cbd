import {
  env,
  InterruptableStoppingCriteria,
  pipeline,
  TextStreamer,
  type TextGenerationPipeline,
} from '@huggingface/transformers'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { serve } from '../../../../rpc/peer.ts'
import { prepareRuntime } from '../../../transformers/worker/runtime.ts'
import { MODEL_CACHE, type ChatCalls, type LoadInput, type ReplyInput } from '../calls.ts'
import { PieceQueue } from './pieces.ts'

declare const self: DedicatedWorkerGlobalScope

/** Tokens of a reply when nobody says how many. */
const USUAL_LENGTH = 512

let opened: Promise<TextGenerationPipeline> | undefined
/** The reply that is under way: the model can make one at a time. */
let turn: Promise<unknown> = Promise.resolve()

serve<ChatCalls>(self, {
  async load(input, run) {
    opened ??= open(input, run)
    try {
      await opened
      return null
    } catch (error) {
      opened = undefined
      throw run.signal.aborted
        ? new SeamError('cancelled', 'The download was stopped. What came is kept.')
        : inWords(error)
    }
  },
  async *reply(input, { signal }) {
    if (!opened) throw new SeamError('internal', 'The model was asked before it was loaded.')
    const generate = await opened
    const before = turn
    const over = Promise.withResolvers<void>()
    turn = over.promise
    try {
      await before
      if (!signal.aborted) yield* replyOf(generate, input, signal)
    } finally {
      over.resolve()
    }
  },
})

async function open({ hub, repo, revision, dtype, device, threads }: LoadInput, run: Required<Run>) {
  prepareRuntime(threads)
  env.remoteHost = hub
  // Not as an option: what the library looks up beforehand would come from the branch all the same.
  env.remotePathTemplate = `{model}/resolve/${encodeURIComponent(revision)}/`
  env.cacheKey = MODEL_CACHE
  env.fetch = (address: string | URL, init?: RequestInit) =>
    fetch(address, { ...init, signal: run.signal, referrerPolicy: 'no-referrer', credentials: 'omit' })
  return pipeline('text-generation', repo, {
    dtype,
    device,
    progress_callback: info => {
      if (info.status === 'progress_total') {
        run.onProgress({ done: info.loaded, total: info.total, what: 'models.downloading' })
      }
    },
  })
}

async function* replyOf(
  generate: TextGenerationPipeline,
  { messages, temperature, maxTokens = USUAL_LENGTH }: ReplyInput,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const pieces = new PieceQueue()
  const stop = new InterruptableStoppingCriteria()
  const interrupt = () => stop.interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  const streamer = new TextStreamer(generate.tokenizer, {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function: (piece: string) => pieces.push(piece),
  })
  const dialogue = messages.map(({ role, text }) => ({ role, content: text }))
  const isRandom = temperature !== undefined && temperature > 0
  const work = generate(dialogue, {
    max_new_tokens: maxTokens,
    do_sample: isRandom,
    ...(isRandom ? { temperature } : {}),
    streamer,
    stopping_criteria: stop,
  }).then(
    () => pieces.end(),
    (error: unknown) => pieces.end(inWords(error)),
  )
  try {
    yield* pieces
  } finally {
    // Whoever leaves waits for the step that is under way: the next reply needs the model.
    interrupt()
    signal.removeEventListener('abort', interrupt)
    await work
  }
}

function inWords(cause: unknown): SeamError {
  if (cause instanceof SeamError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  if (/could not locate|404|unauthorized|forbidden/i.test(said)) {
    return new SeamError('not-found', 'The hub does not have this model any more, or does not give it to everybody.', {
      cause,
    })
  }
  if (cause instanceof TypeError && /fetch|network|load failed/i.test(said)) {
    return new SeamError('offline', 'The model could not be fetched. What came is kept; connect and try again.', {
      cause,
    })
  }
  if (/quota|no space/i.test(said)) {
    return new SeamError(
      'quota',
      'There is no room left in this browser for the model. Free some space and try again.',
      { cause },
    )
  }
  return new SeamError('engine', `The model in this browser failed: ${said.slice(0, 300)}`, { cause, retryable: true })
}
