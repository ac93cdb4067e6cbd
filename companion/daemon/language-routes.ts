import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { chatBody, healthSchema, providerBody, providerParams, providerSchema } from '#protocol/language-api.ts'
import type { ChatRequest, LanguageModelHealth } from '#protocol/language.ts'
import type { LanguageProviders } from '../core/language/providers.ts'
import { bytes, failures, nothing } from './answers.ts'
import { leaving, replyLines, sendLines } from './reply-lines.ts'

/**
 * `/language/…`: servers of language models that the user named, and replies of theirs. Requests go out to addresses that
 * were kept before and nowhere else; keys come in, and are never told again.
 */
export function languageRoutes(instance: FastifyInstance, providers: LanguageProviders): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.get(
    '/language/providers',
    {
      schema: {
        operationId: 'listLanguageProviders',
        summary: 'Servers of language models that the companion may ask',
        tags: ['language'],
        response: { 200: z.array(providerSchema), ...failures() },
      },
    },
    async () => providers.list(),
  )

  app.put(
    '/language/providers/:id',
    {
      schema: {
        operationId: 'saveLanguageProvider',
        summary: 'Keep a server, in place of one of the same id',
        description:
          'A key that is left out stays as it is while the address does; with another address it is dropped.',
        tags: ['language'],
        params: providerParams,
        body: providerBody,
        response: { 200: providerSchema, ...failures(400, 409, 413, 415, 507) },
      },
    },
    async ({ params: { id }, body: { key, ...draft } }) =>
      providers.put(id, { ...draft, ...(key === undefined ? {} : { key }) }),
  )

  app.delete(
    '/language/providers/:id',
    {
      schema: {
        operationId: 'removeLanguageProvider',
        summary: 'Forget a server and its key; for ten minutes it can be restored',
        tags: ['language'],
        params: providerParams,
        response: { 204: nothing('It is gone'), ...failures(400, 404, 413, 415, 507) },
      },
    },
    async ({ params: { id } }, reply) => {
      providers.remove(id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/language/providers/:id/restore',
    {
      schema: {
        operationId: 'restoreLanguageProvider',
        summary: 'Bring a server back that was removed, with its key',
        tags: ['language'],
        params: providerParams,
        response: { 200: providerSchema, ...failures(400, 404, 409, 413, 415, 507) },
      },
    },
    async ({ params: { id } }) => providers.restore(id),
  )

  app.get(
    '/language/providers/:id/health',
    {
      schema: {
        operationId: 'checkLanguageProvider',
        summary: 'Whether a server answers, and which models it has',
        tags: ['language'],
        params: providerParams,
        response: { 200: healthSchema, ...failures(400, 404) },
      },
    },
    async ({ params: { id } }, reply) => sent(await providers.open(id).health({ signal: leaving(reply.raw) })),
  )

  app.post(
    '/language/providers/:id/chat',
    {
      schema: {
        operationId: 'chat',
        summary: 'The reply to a dialogue, in pieces as they come',
        description:
          'A JSON object a line: `{ "text" }` any number of times, and then `{ "done": true }` or `{ "error" }`. Without either at its end, the answer was cut off. To leave is to stop the model.',
        tags: ['language'],
        params: providerParams,
        body: chatBody,
        response: {
          200: bytes('The reply, a JSON object a line', 'application/x-ndjson'),
          ...failures(400, 404, 413, 415),
        },
      },
    },
    async ({ params: { id }, body }, reply) => {
      const { model, ...request } = body as ChatRequest
      const lines = replyLines(providers.open(id, model), request, leaving(reply.raw))
      return sendLines(reply, lines)
    },
  )
}

/** Names of models as a list that may be written to. */
function sent(health: LanguageModelHealth) {
  return health.state === 'ready' ? { ...health, models: [...health.models] } : health
}
