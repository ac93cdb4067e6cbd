import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Guard } from './guard.ts'
import { isReserved } from './page.ts'

/** Sent with every answer; the page's files replace the policy by their own. */
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

/** What anybody may read who passes the door: the page's files, and the notice that there is nothing. */
const PAGE_ROUTES: readonly (string | undefined)[] = ['/', '/*', undefined]
/** What a page may read that has no cookie yet, because it came from its own cache. */
const VOUCHED_ROUTES: readonly (string | undefined)[] = ['/status', '/models', '/models/:model/*']

/** Judges every request before anything else looks at it. */
export function guardDoor(app: FastifyInstance, guard: Guard): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const knock = { method: request.method, url: request.url, headers: request.headers }
    const door = guard.door(knock)
    if (door.status !== 200) return reply.code(door.status).send(refusal(door.message))
    if (request.method === 'OPTIONS') {
      if (!guard.isPreflightAllowed(knock))
        return reply.code(403).send(refusal('Preflight requests of strangers are not answered.'))
      return reply.code(204).headers(preflight(request.headers.origin!)).send()
    }
    const verdict = isPage(request) ? door : guard.api(knock, VOUCHED_ROUTES.includes(request.routeOptions.url))
    if (verdict.status === 401) reply.header('www-authenticate', 'Bearer realm="voxloom"')
    if (verdict.status !== 200) return reply.code(verdict.status).send(refusal(verdict.message))
  })
}

/**
 * Whether this asks for the page. The route that was found decides, not the address alone: an address can be written in
 * ways (`/%70lugins`, `/plugins#`) that the router reads as the API's.
 */
function isPage({ method, url, routeOptions }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return PAGE_ROUTES.includes(routeOptions.url) && !isReserved(url.split('?', 1)[0]!)
}

function preflight(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, range, x-voxloom',
    'access-control-max-age': '600',
    vary: 'origin',
  }
}

export function refusal(message: string, code: 'refused' | 'not-found' = 'refused') {
  return { code, message, retryable: false, details: {} }
}
