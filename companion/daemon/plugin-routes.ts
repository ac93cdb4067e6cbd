import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  idParams,
  nameParams,
  pipelineSource,
  pluginSchema,
  savedPipeline,
  validateBody,
  validation,
} from '#protocol/api.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { failures, nothing } from './answers.ts'
import { readSaved, readSource } from './pipeline-source.ts'
import { trialsOf } from './trials.ts'

/** `GET /plugins…`, `POST /pipeline/validate`, and the saved pipelines. Nobody gives a command or a path here, only names. */
export function pluginRoutes(instance: FastifyInstance, host: PluginHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const trials = trialsOf(host)

  app.get(
    '/plugins',
    {
      schema: {
        operationId: 'listPlugins',
        summary: 'Every plugin that is installed, those that can’t be used included',
        tags: ['plugins'],
        response: { 200: z.array(pluginSchema), ...failures() },
      },
    },
    async () => (await trials.infos()) as PluginInfo[] as never,
  )

  app.get(
    '/plugins/:id',
    {
      schema: {
        operationId: 'getPlugin',
        summary: 'One plugin, with the options from which a form can be made',
        tags: ['plugins'],
        params: idParams,
        response: { 200: pluginSchema, ...failures(400, 404) },
      },
    },
    async ({ params }) => (await trials.info(params.id)) as never,
  )

  app.post(
    '/plugins/:id/verify',
    {
      schema: {
        operationId: 'verifyPlugin',
        summary: 'Start a plugin with a tiny input and look at what comes',
        tags: ['plugins'],
        params: idParams,
        response: { 200: pluginSchema, ...failures(400, 404, 413, 415) },
      },
    },
    async ({ params }) => (await trials.verify(params.id)) as never,
  )

  app.post(
    '/pipeline/validate',
    {
      schema: {
        operationId: 'validatePipeline',
        summary: 'Check a pipeline: plugins, options, and what each hands to the next',
        tags: ['pipelines'],
        body: validateBody,
        response: { 200: validation, ...failures(400, 404, 413, 415) },
      },
    },
    async ({ body }) => {
      const inputType = body.input_type === undefined ? undefined : parseMediaType(body.input_type)
      const { plan, problems } = host.shelf.check(readSource(body.pipeline, host).pipeline, inputType)
      const nodes =
        plan?.nodes.map(({ id, plugin, handshake }) => ({
          id,
          plugin,
          input: handshake.input_type,
          output: handshake.output_type,
        })) ?? []
      return { valid: problems.length === 0, problems: [...problems], nodes }
    },
  )

  app.get(
    '/pipelines',
    {
      schema: {
        operationId: 'listPipelines',
        summary: 'Names of the saved pipelines',
        tags: ['pipelines'],
        response: { 200: z.array(z.string()), ...failures() },
      },
    },
    async () => host.pipelines.list(),
  )

  app.get(
    '/pipelines/:name',
    {
      schema: {
        operationId: 'getPipeline',
        summary: 'A saved pipeline, as text and as data',
        tags: ['pipelines'],
        params: nameParams,
        response: { 200: savedPipeline, ...failures(400, 404) },
      },
    },
    async ({ params: { name } }) => shown(name, host),
  )

  app.put(
    '/pipelines/:name',
    {
      schema: {
        operationId: 'savePipeline',
        summary: 'Save a pipeline as a .cr file, in place of one of the same name',
        description:
          'Text is kept as it comes. Data changes the file that is there where it has to be changed, so that its comments stay.',
        tags: ['pipelines'],
        params: nameParams,
        body: pipelineSource,
        response: { 200: savedPipeline, ...failures(400, 404, 413, 415, 507) },
      },
    },
    async ({ params: { name }, body }) => {
      const { pipeline, text } = readSource(body, host)
      host.pipelines.save(name, pipeline, text)
      return shown(name, host)
    },
  )

  app.delete(
    '/pipelines/:name',
    {
      schema: {
        operationId: 'removePipeline',
        summary: 'Delete a saved pipeline',
        tags: ['pipelines'],
        params: nameParams,
        response: { 204: nothing('It is gone'), ...failures(400, 404, 413, 415) },
      },
    },
    async ({ params: { name } }, reply) => {
      host.pipelines.remove(name)
      return reply.code(204).send(undefined)
    },
  )
}

const shown = (name: string, { pipelines }: PluginHost) => ({ name, ...readSaved(pipelines, name) })
