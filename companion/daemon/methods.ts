import type { FastifyInstance, HTTPMethods } from 'fastify'
import { refusal } from './door.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'TRACE']

/**
 * Answers 405, with what may be asked instead, where an address exists and the method doesn't. Without this the router
 * would say that there is nothing. To be called before the routes are; the answer to be registered after them.
 */
export function knowMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<HTTPMethods>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const each of Array.isArray(method) ? method : [method]) methods.add(each as HTTPMethods)
    known.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...known]) {
      const others = METHODS.filter(method => !methods.has(method))
      if (others.length === 0 || url.endsWith('*')) continue
      const allow = METHODS.filter(method => methods.has(method)).join(', ')
      app.route({
        method: [...others],
        url,
        exposeHeadRoute: false,
        schema: { hide: true },
        // Before anything of the body is looked at.
        onRequest: async (request, reply) =>
          reply
            .code(405)
            .header('allow', allow)
            .send(refusal(`This address knows ${allow}, and not ${request.method}.`)),
        handler: (_, reply) => reply,
      })
    }
  }
}
