import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { errorData } from '#protocol/errors.ts'
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

/** A model's reply, a JSON object a line. */
export async function* replyLines(
  model: LanguageModel,
  { messages, ...run }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const line = (said: ReplyLine) => `${JSON.stringify(said)}\n`
  try {
    for await (const text of model.reply(messages, { ...run, signal })) yield line({ text })
    yield line({ done: true })
  } catch (error) {
    // The status has gone out: what went wrong is the last line.
    if (!signal.aborted) yield line({ error: errorData(error) })
  }
}
