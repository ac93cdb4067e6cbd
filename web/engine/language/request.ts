import { SeamError } from '#protocol/errors.ts'
import { readStream } from '#protocol/lines.ts'
import type { Call } from './call.ts'
import { cutOff, failureOf, nobody, notAnApi } from './failures.ts'
import { jsonHeaders, type HttpResponse, type ModelServer } from './http.ts'
import { LONGEST_ANSWER, LONGEST_WAIT } from './limits.ts'
import { parse, readError } from './words.ts'

/** Sends one request. @throws SeamError offline, cancelled; whatever the server answers is an answer */
async function send(server: ModelServer, path: string, call: Call, body?: string): Promise<HttpResponse> {
  const { signal } = call
  const headers = jsonHeaders(server)
  try {
    return await call.race(
      server.fetch(
        server.base + path,
        body === undefined ? { method: 'GET', headers, signal } : { method: 'POST', headers, body, signal },
      ),
    )
  } catch (error) {
    throw error instanceof SeamError ? error : nobody(server, error)
  }
}

/**
 * Asks, and once more when the server is busy and says that it will not be for long.
 * @throws SeamError offline, refused, engine, bad-input, cancelled; not-found for 404, which the caller knows more about
 */
export async function ask(server: ModelServer, path: string, call: Call, body?: string): Promise<HttpResponse> {
  let response = await send(server, path, call, body)
  const wait = response.status === 429 ? retryAfter(response) : undefined
  if (wait !== undefined && wait <= LONGEST_WAIT) {
    void response.body
      ?.getReader()
      .cancel()
      .catch(() => undefined)
    await call.pause(wait)
    response = await send(server, path, call, body)
  }
  if (response.ok) return response
  const told = readError(parse(await readWhole(server, response, call).catch(() => '')))
  if (response.status === 404 || told?.kind === 'model_not_found') {
    throw new SeamError('not-found', `${server.name} has nothing at ${path}.`, { details: { status: 404 } })
  }
  throw failureOf(server, response.status, told, retryAfter(response))
}

/** What the server gives at `path`, as JSON. @throws SeamError */
export async function askJson(server: ModelServer, path: string, call: Call): Promise<unknown> {
  const response = await ask(server, path, call)
  const said = await readWhole(server, response, call)
  const value = parse(said)
  if (value === undefined) throw notAnApi(server, whatItIs(response, said))
  return value
}

/** A body that comes in one piece. @throws SeamError offline (cut off), engine (too long), cancelled */
export async function readWhole(server: ModelServer, response: HttpResponse, call: Call): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let said = ''
  let size = 0
  try {
    for await (const piece of call.each(readStream(response.body))) {
      size += piece.length
      if (size > LONGEST_ANSWER) {
        throw new SeamError('engine', `${server.name} answered with more than ${LONGEST_ANSWER >> 20} MiB at once.`)
      }
      said += decoder.decode(piece, { stream: true })
    }
  } catch (error) {
    throw error instanceof SeamError ? error : cutOff(server, error)
  }
  return said + decoder.decode()
}

/** Whether this is a page for people: a sign-in, or the error of a proxy. */
export function isPage(response: HttpResponse): boolean {
  return response.headers.get('content-type')?.includes('text/html') === true
}

export function whatItIs(response: HttpResponse, said: string): string {
  if (isPage(response) || /^\s*<(?:!doctype|html|\?xml)/i.test(said)) return 'a web page'
  return said.trim() === '' ? 'nothing' : 'something else than JSON'
}

/** Milliseconds that the server asks to be left alone: given in seconds, or as a date (RFC 9110, 10.2.3). */
function retryAfter({ headers }: HttpResponse): number | undefined {
  const said = headers.get('retry-after')?.trim()
  if (!said) return undefined
  const seconds = /^\d+(?:\.\d+)?$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined
}
