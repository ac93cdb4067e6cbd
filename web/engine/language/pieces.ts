import { SeamError } from '#protocol/errors.ts'
import { readStream } from '#protocol/lines.ts'
import type { Call } from './call.ts'
import type { Dialect, Piece } from './dialect.ts'
import { cutOff, failureOf, notAnApi } from './failures.ts'
import type { HttpResponse, ModelServer } from './http.ts'
import { MOST_BAD_LINES } from './limits.ts'
import { isPage, readWhole, whatItIs } from './request.ts'
import { parse, readError } from './words.ts'

/** Every piece up to the answer's end. @throws SeamError engine, offline when it ends without saying so */
export async function* readPieces(
  server: ModelServer,
  dialect: Dialect,
  response: HttpResponse,
  call: Call,
): AsyncGenerator<Piece, void> {
  if (isPage(response) || !response.body) throw notAnApi(server, whatItIs(response, ''))
  // Asked for a stream, some give all at once.
  if (response.headers.get('content-type')?.includes('application/json')) {
    const said = await readWhole(server, response, call)
    const whole = readWholeReply(server, dialect, said)
    if (whole) return yield whole
    if (parse(said) !== undefined || said.trim() === '') throw notAnApi(server, whatItIs(response, said))
    return yield* recordsOf(server, dialect, only(said))
  }
  yield* recordsOf(server, dialect, readStream(response.body))
}

function readWholeReply(server: ModelServer, dialect: Dialect, said: string): Piece | undefined {
  const value = parse(said)
  const told = readError(value)
  if (told) throw failureOf(server, told.status ?? 500, told)
  return value === undefined ? undefined : dialect.whole(value)
}

/** For servers that call a stream of records JSON. */
async function* only(said: string): AsyncGenerator<Uint8Array, void> {
  yield new TextEncoder().encode(said)
}

async function* recordsOf(
  server: ModelServer,
  dialect: Dialect,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Piece, void> {
  let bad = 0
  let good = 0
  let hasEnded = false
  try {
    for await (const record of dialect.records(bytes)) {
      const value = parse(record)
      const told = readError(value)
      if (told) throw failureOf(server, told.status ?? 500, told)
      const piece = dialect.piece(record, value)
      if (!piece) {
        // One lost piece is a lost word; to end here would lose the rest of what is said.
        bad++
        if (bad > MOST_BAD_LINES) throw notAnApi(server, 'records that can’t be read')
        server.warn?.(`${server.name} sent a record that can’t be read, and it was passed over (${bad} in this reply).`)
        continue
      }
      good++
      hasEnded ||= piece.end !== undefined || piece.isLast === true
      yield piece
      if (piece.isLast) return
    }
  } catch (error) {
    if (error instanceof SeamError) throw error
    // All was said already, and only the good-bye is missing.
    if (!hasEnded) throw cutOff(server, error)
  }
  if (hasEnded) return
  throw good === 0 ? notAnApi(server, bad === 0 ? 'nothing' : 'records that can’t be read') : cutOff(server)
}
