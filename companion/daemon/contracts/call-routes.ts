import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Json } from '#protocol/contracts.ts'
import { callPlugin } from '../../core/contracts/calls.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { failures, nothing } from '../answers.ts'
import { leaving } from '../reply-lines.ts'
import { callBody, callReport, MAX_CALL, MAX_STATE_BODY, nameParams, stateSchema } from './schemas.ts'

/** Any method of a plugin, and its state. */
export function callRoutes(instance: FastifyInstance, host: ContractHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.post(
    '/contracts/:name/call',
    {
      bodyLimit: MAX_CALL,
      schema: {
        operationId: 'callContract',
        summary: 'Call a method of a plugin',
        description:
          'A failure that the plugin tells has its number as `details.code`. To leave is to cancel the call. Items as they are made come over the socket: `contracts.stream`.',
        tags: ['contracts'],
        params: nameParams,
        body: callBody,
        response: { 200: callReport, ...failures(400, 404, 409, 413, 415, 422, 503, 507) },
      },
    },
    async ({ params: { name }, body: { method, params } }, reply) => {
      const call = { name, method, params: params as Readonly<Record<string, Json>> }
      return callPlugin(host.slot(name), call, leaving(reply.raw))
    },
  )

  app.post(
    '/contracts/:name/state/capture',
    {
      schema: {
        operationId: 'captureContractState',
        summary: 'The state of a plugin that runs',
        tags: ['contracts'],
        params: nameParams,
        response: { 200: stateSchema, ...failures(400, 404, 409, 413, 415, 422, 503, 507) },
      },
    },
    async ({ params: { name } }) => ({ state: await host.slot(name).capture() }),
  )

  app.post(
    '/contracts/:name/state/restore',
    {
      bodyLimit: MAX_STATE_BODY,
      schema: {
        operationId: 'restoreContractState',
        summary: 'Give a plugin a state that was captured',
        tags: ['contracts'],
        params: nameParams,
        body: stateSchema,
        response: { 204: nothing('It has the state'), ...failures(400, 404, 409, 413, 415, 422, 503, 507) },
      },
    },
    async ({ params: { name }, body: { state } }, reply) => {
      await host.slot(name).restore(state as Json)
      return reply.code(204).send(undefined)
    },
  )
}
