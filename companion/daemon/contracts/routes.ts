import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ContractHost } from '../../core/contracts/host.ts'
import { bytes, failures } from '../answers.ts'
import { jsonLines, leaving, sendLines } from '../reply-lines.ts'
import { callRoutes } from './call-routes.ts'
import { configRoutes } from './config-routes.ts'
import { contractSchema, logSchema, nameParams } from './schemas.ts'
import { talkRoutes } from './talk-routes.ts'

/**
 * `/contracts…`: plugins that keep a contract. Nobody gives a command or a path here, only names of what lies in the
 * folders of plugins.
 */
export function contractRoutes(instance: FastifyInstance, host: ContractHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.get(
    '/contracts',
    {
      schema: {
        operationId: 'listContracts',
        summary: 'Every contract plugin, those that can’t be used included',
        tags: ['contracts'],
        response: { 200: z.array(contractSchema), ...failures() },
      },
    },
    async () => host.list() as never,
  )

  app.get(
    '/contracts/:name',
    {
      schema: {
        operationId: 'getContract',
        summary: 'One contract plugin: methods, health, settings that it has',
        tags: ['contracts'],
        params: nameParams,
        response: { 200: contractSchema, ...failures(400, 404) },
      },
    },
    async ({ params: { name } }) => host.get(name) as never,
  )

  const act = (action: 'load' | 'unload' | 'swap' | 'release', operationId: string, summary: string) =>
    app.post(
      `/contracts/:name/${action}`,
      {
        schema: {
          operationId,
          summary,
          tags: ['contracts'],
          params: nameParams,
          response: { 200: contractSchema, ...failures(400, 404, 409, 413, 415, 422, 503, 507) },
        },
      },
      async ({ params: { name } }, reply) => (await host[action](name, leaving(reply.raw))) as never,
    )
  act('load', 'loadContract', 'Start a plugin unless it runs, and ask what it brings')
  act('unload', 'unloadContract', 'End a plugin’s process; its next call starts it')
  act('swap', 'swapContract', 'Start a plugin anew beside the old one, hand its state over, and lose no call')
  act('release', 'releaseContract', 'Let a plugin out of quarantine')

  app.post(
    '/contracts/:name/install',
    {
      schema: {
        operationId: 'installContract',
        summary: 'Install the packages of a plugin; one that runs is swapped to them, and loses no call',
        description:
          'Lines as the items of `contracts.install`, and last `{ "error" }` where it failed. To leave is to cancel.',
        tags: ['contracts'],
        params: nameParams,
        response: {
          200: bytes('What is done, a JSON object a line', 'application/x-ndjson'),
          ...failures(400, 404),
        },
      },
    },
    async ({ params: { name } }, reply) => {
      // One that can't be used is refused before the status goes out.
      void host.slot(name)
      const signal = leaving(reply.raw)
      return sendLines(reply, jsonLines(host.install(name, signal), signal))
    },
  )

  app.get(
    '/contracts/:name/log',
    {
      schema: {
        operationId: 'getContractLog',
        summary: 'What a plugin said last, and what became of it',
        tags: ['contracts'],
        params: nameParams,
        response: { 200: logSchema, ...failures(400, 404) },
      },
    },
    async ({ params: { name } }) => [...host.log(name)],
  )

  configRoutes(app, host)
  callRoutes(app, host)
  talkRoutes(app, host)
}
