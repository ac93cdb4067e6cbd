import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RESERVED_PATHS, STUDIO_PATH } from '#protocol/routes.ts'
import type { Guard } from './guard.ts'

const START_PAGE = `${STUDIO_PATH}/narrate`

/** Whether a path's first segment is the API's: the page never answers there. */
export function isReserved(path: string): boolean {
  const first = path.split('/')[1] ?? ''
  return RESERVED_PATHS.some(reserved => reserved === first)
}

/** The build's own list of headers for every file (`dist/headers.json`): isolation and the content security policy. */
function pageHeaders(dist: string): Readonly<Record<string, string>> {
  const data: unknown = JSON.parse(readFileSync(join(dist, 'headers.json'), 'utf8'))
  return data as Record<string, string>
}

/** Serves the built page: hashed files for ever, the rest by ETag, and index.html for every address of the studio. */
export async function servePage(app: FastifyInstance, dist: string, guard: Guard): Promise<void> {
  const ready = () => existsSync(join(dist, 'index.html')) && existsSync(join(dist, 'headers.json'))
  if (!ready()) {
    app.setNotFoundHandler((request, reply) =>
      isReserved(pathOf(request))
        ? notFound(reply)
        : reply.code(503).type('text/plain; charset=utf-8').send('The page has not been built yet. Run: npm start\n'),
    )
    return
  }
  const headers = pageHeaders(dist)
  const dress = (reply: FastifyReply, file: string) => {
    for (const [name, value] of Object.entries(headers)) reply.header(name, value)
    const hashed = /[\\/]assets[\\/]/.test(file)
    reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    // Whoever loads the page from here is its user: this pairs it.
    if (file.endsWith('.html')) reply.header('set-cookie', guard.cookie())
  }
  await app.register(fastifyStatic, {
    root: dist,
    index: false,
    cacheControl: false,
    redirect: false,
    dotfiles: 'deny',
    allowedPath: path => !isReserved(path) && path !== '/headers.json',
    setHeaders: dress,
  })
  app.get('/', { schema: { hide: true } }, (_, reply) => reply.redirect(START_PAGE, 302))
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    const inStudio = path === STUDIO_PATH || path.startsWith(`${STUDIO_PATH}/`)
    if (inStudio && (request.method === 'GET' || request.method === 'HEAD')) return reply.sendFile('index.html')
    return notFound(reply)
  })
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!
}

function notFound(reply: FastifyReply) {
  return reply
    .code(404)
    .send({ code: 'not-found', message: 'There is nothing at this address.', retryable: false, details: {} })
}
