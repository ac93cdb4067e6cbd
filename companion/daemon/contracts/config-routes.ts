import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Json } from '#protocol/contracts.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { failures } from '../answers.ts'
import { configBody, configSchema, nameParams } from './schemas.ts'

/** Settings of a plugin. Secrets come in, and are never told again. */
export function configRoutes(instance: FastifyInstance, host: ContractHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.get(
    '/contracts/:name/config',
    {
      schema: {
        operationId: 'getContractConfig',
        summary: 'Settings of a plugin, with the schema from which a form can be made',
        tags: ['contracts'],
        params: nameParams,
        response: { 200: configSchema, ...failures(400, 404) },
      },
    },
    async ({ params: { name } }) => host.config(name) as never,
  )

  app.put(
    '/contracts/:name/config',
    {
      schema: {
        operationId: 'saveContractConfig',
        summary: 'Keep settings of a plugin; one that runs goes on with them',
        tags: ['contracts'],
        params: nameParams,
        body: configBody,
        response: { 200: configSchema, ...failures(400, 404, 409, 413, 415, 422, 503, 507) },
      },
    },
    async ({ params: { name }, body: { values } }) =>
      (await host.configure(name, values as Readonly<Record<string, Json>>)) as never,
  )
}
