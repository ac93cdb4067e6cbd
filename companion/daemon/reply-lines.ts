import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { errorData, type ErrorData } from '#protocol/errors.ts'
import type { ChatRequest, LanguageModel, ReplyLine } from '#protocol/language.ts'

/** No faster than they are read. */
export function sendLines(reply: FastifyReply, lines: AsyncIterable<string>): FastifyReply {
  return reply.type('application/x-ndjson').send(Readable.from(lines, { objectMode: false }))
}

/** Ends with the connection. */
export function leaving(connection: { once(event: 'close', listener: () => void): unknown }): AbortSignal {
  const left = new AbortController()
  connection.once('close', () => left.abort())
  return left.signal
}

/** Each value as a line of JSON. The status has gone out: what goes wrong is the last line, `{ error }`. */
export async function* jsonLines<Line extends object>(
  lines: AsyncIterable<Line>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const text = (line: Line | { readonly error: ErrorData }) => `${JSON.stringify(line)}\n`
  try {
    for await (const line of lines) yield text(line)
  } catch (error) {
    if (!signal.aborted) yield text({ error: errorData(error) })
  }
}

/** A model's reply. */
export const replyLines = (model: LanguageModel, request: ChatRequest, signal: AbortSignal): AsyncGenerator<string> =>
  jsonLines(replyOf(model, request, signal), signal)

async function* replyOf(
  model: LanguageModel,
  { messages, ...run }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ReplyLine> {
  for await (const text of model.reply(messages, { ...run, signal })) yield { text }
  yield { done: true }
}
