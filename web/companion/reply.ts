import { fromErrorData, SeamError } from '#protocol/errors.ts'
import type { Message, ReplyLine, ReplyRun } from '#protocol/language.ts'
import { readLines, readStream } from '#protocol/lines.ts'
import { ask, isErrorData, withJson, type Line } from './request.ts'

/** The pieces of a reply that the companion has made, whoever makes it there. @throws SeamError, after pieces too */
export async function* readReply(
  line: Line,
  path: string,
  messages: readonly Message[],
  { model, temperature, maxTokens, signal }: ReplyRun & { readonly model?: string } = {},
): AsyncGenerator<string, void> {
  // JSON has no place for what is undefined; a model without a name is the far side's own.
  const request = { messages, model: model || undefined, temperature, maxTokens }
  const response = await ask(line, path, withJson('POST', request, signal))
  // A static host answers any address with its page.
  if (!response.body || !response.headers.get('content-type')?.includes('ndjson')) throw cutOff()
  try {
    for await (const said of readLines(readStream<Uint8Array>(response.body))) {
      // What came at once may be read long after the listener left.
      signal?.throwIfAborted()
      const told = read(said)
      if ('error' in told) throw fromErrorData(told.error)
      if ('done' in told) return
      if (told.text !== '') yield told.text
    }
  } catch (error) {
    if (signal?.aborted) throw new SeamError('cancelled', 'The reply was stopped.', { cause: error })
    throw error instanceof SeamError ? error : cutOff(error)
  }
  throw cutOff()
}

/** @throws SeamError offline, when the line is cut short */
function read(line: string): ReplyLine {
  let said: unknown
  try {
    said = JSON.parse(line)
  } catch (error) {
    throw cutOff(error)
  }
  const { text, done, error } = (said ?? {}) as Partial<Record<'text' | 'done' | 'error', unknown>>
  if (isErrorData(error))
    return { error: { ...error, retryable: error.retryable === true, details: error.details ?? {} } }
  return done === true ? { done } : { text: typeof text === 'string' ? text : '' }
}

const cutOff = (cause?: unknown) =>
  new SeamError('offline', 'The connection to the companion broke off in the middle of the reply. What came is kept.', {
    ...(cause === undefined ? {} : { cause }),
  })
