import { createParser } from 'eventsource-parser'
import { SeamError } from '#protocol/errors.ts'
import { LONGEST_LINE } from '#protocol/lines.ts'

/**
 * The data of server-sent events, in order. An event that has no blank line behind it when the stream ends is given,
 * too: some servers leave the last one out.
 * @throws SeamError engine, when an event has more than LONGEST_LINE characters
 */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  const events: string[] = []
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) })
  let pending = 0
  for await (const piece of bytes) {
    const said = decoder.decode(piece, { stream: true })
    parser.feed(said)
    pending = events.length > 0 ? 0 : pending + said.length
    if (pending > LONGEST_LINE) {
      throw new SeamError('engine', `An event of the answer has more than ${LONGEST_LINE} characters.`)
    }
    yield* events.splice(0)
  }
  parser.feed(`${decoder.decode()}\n\n`)
  yield* events
}
