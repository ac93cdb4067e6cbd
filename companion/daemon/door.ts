import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Guard, Verdict } from './guard.ts'
import { isReserved } from './page.ts'
import type { PairingLines } from './pairing-lines.ts'

/** Sent with every answer; the page's files replace the policy by their own. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  Vary: 'Origin',
}

/** What anybody may read who passes the door: the page's files, and the notice that there is nothing. */
const PAGE_ROUTES: readonly (string | undefined)[] = ['/', '/*', undefined]
/** What a page may read that has no cookie yet, because it came from its own cache. */
const VOUCHED_ROUTES: readonly (string | undefined)[] = ['/status', '/models', '/models/:model/*']

/** What the programs of this account alone may ask, and no page. */
const PROGRAM_ROUTES: readonly string[] = ['GET /pair', 'HEAD /pair', 'DELETE /pair', 'POST /pair/code']

/** Judges every request before anything else looks at it. */
export function guardDoor(app: FastifyInstance, guard: Guard, lines: PairingLines): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const knock = { method: request.method, url: request.url, headers: request.headers }
    const pairs = isPairing(request)
    const door = guard.door(knock, pairs)
    if (door.status !== 200) return reply.code(door.status).send(refusal(door.message))
    const origin = guard.strangeOrigin(request.headers)
    // A page that may ask reads the refusals, too.
    if (origin !== undefined) reply.headers(readableBy(origin))
    if (request.method === 'OPTIONS') {
      if (request.headers.origin === undefined)
        return reply.code(403).send(refusal('Preflight requests of strangers are not answered.'))
      return reply.code(204).headers(preflight(request)).send()
    }
    if (pairs) return
    const verdict = judge(request, origin)
    if (verdict.status === 200 && origin !== undefined) lines.hold(origin, request.raw.socket, reply.raw)
    if (verdict.status === 401) reply.header('www-authenticate', 'Bearer realm="voxloom"')
    if (verdict.status !== 200) return reply.code(verdict.status).send(refusal(verdict.message))
  })

  function judge(request: FastifyRequest, origin: string | undefined): Verdict {
    const { method, url, headers, routeOptions } = request
    const knock = { method, url, headers }
    // Anybody may read the page who passes the door; a page of another server has no use for it.
    if (origin === undefined && isPage(request)) return { status: 200, message: '' }
    if (PROGRAM_ROUTES.includes(`${method} ${routeOptions.url}`)) return guard.program(knock)
    return guard.api(knock, VOUCHED_ROUTES.includes(routeOptions.url))
  }
}

/** Whether this asks to be paired, or whether it may ask. There is no route for the latter: the address decides. */
function isPairing({ method, url, headers, routeOptions }: FastifyRequest): boolean {
  return method === 'OPTIONS'
    ? url === '/pair' && headers['access-control-request-method'] === 'POST'
    : method === 'POST' && routeOptions.url === '/pair'
}

/**
 * Whether this asks for the page. The route that was found decides, not the address alone: an address can be written in
 * ways (`/%70lugins`, `/plugins#`) that the router reads as the API's.
 */
function isPage({ method, url, routeOptions }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return PAGE_ROUTES.includes(routeOptions.url) && !isReserved(url.split('?', 1)[0]!)
}

function readableBy(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'content-range, etag, x-voxloom-partial',
  }
}

function preflight({ headers }: FastifyRequest): Record<string, string> {
  // Chrome before its permission for local networks asked the server instead.
  const asksForLocal = headers['access-control-request-private-network'] === 'true'
  return {
    'access-control-allow-origin': headers.origin!,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, if-match, range, x-voxloom',
    'access-control-max-age': '600',
    ...(asksForLocal && { 'access-control-allow-private-network': 'true' }),
  }
}

export function refusal(message: string, code: 'refused' | 'not-found' = 'refused') {
  return { code, message, retryable: false, details: {} }
}
