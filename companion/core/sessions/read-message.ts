import { SeamError } from '#protocol/errors.ts'
import { clientMessage, clientMessages, type ClientMessage } from '#protocol/session-client.ts'
import { MOST_MESSAGE } from './limits.ts'

/** What a client says in text. @throws SeamError bad-input, saying what is wrong and that it was passed over */
export function readMessage(text: string): ClientMessage {
  const passed = (what: string) => new SeamError('bad-input', `${what} The message was passed over.`)
  if (Buffer.byteLength(text) > MOST_MESSAGE) throw passed(`A message in text has at most ${MOST_MESSAGE} bytes.`)
  const data = parse(text)
  if (typeof data !== 'object' || data === null || !('type' in data)) {
    throw passed('A message in text is a JSON object with a “type”.')
  }
  const { type } = data
  if (typeof type !== 'string' || !Object.hasOwn(clientMessages, type)) {
    throw passed(
      `There is no message “${String(type).slice(0, 80)}”: there are ${Object.keys(clientMessages).join(', ')}.`,
    )
  }
  const read = clientMessage.safeParse(data)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.') ?? ''
  throw passed(`${type} can’t be used: ${at ? `“${at}”: ` : ''}${issue?.message ?? 'it has another shape'}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
