import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { idParams, jobPipelineSchema, jobSchema, jobsQuery } from '#protocol/api.ts'
import type { JobInfo } from '#protocol/jobs.ts'
import { unknownJob } from '../core/jobs/runner.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { bytes, failures, nothing } from './answers.ts'
import { jobPipeline } from './job-pipeline.ts'
import { streamJob } from './job-stream.ts'
import { runRoutes } from './run-route.ts'

/** `POST /pipeline/run`, and everything about the jobs that come of it. */
export function jobRoutes(instance: FastifyInstance, host: PluginHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const { jobs } = host
  const found = (id: string): JobInfo => {
    const job = jobs.get(id)
    if (!job) throw unknownJob(id)
    return job
  }

  runRoutes(instance, host)

  app.get(
    '/jobs',
    {
      schema: {
        operationId: 'listJobs',
        summary: 'Jobs, the newest first',
        tags: ['jobs'],
        querystring: jobsQuery,
        response: { 200: z.array(jobSchema), ...failures(400) },
      },
    },
    async ({ query: { state, limit = 100 } }) => jobs.list({ state, limit }) as never,
  )

  app.get(
    '/jobs/:id/status',
    {
      schema: {
        operationId: 'getJob',
        summary: 'How far a job is',
        tags: ['jobs'],
        params: idParams,
        response: { 200: jobSchema, ...failures(400, 404) },
      },
    },
    async ({ params }) => found(params.id) as never,
  )

  app.get(
    '/jobs/:id/pipeline',
    {
      schema: {
        operationId: 'getJobPipeline',
        summary: 'What a job does: its pipeline as it was given, as text and as data',
        tags: ['jobs'],
        params: idParams,
        response: { 200: jobPipelineSchema, ...failures(400, 404) },
      },
    },
    async ({ params }) => jobPipeline(host, params.id),
  )

  app.get(
    '/jobs/:id/stream',
    {
      schema: {
        operationId: 'streamJob',
        summary: 'The output: as it is made while the job runs, with ranges when it is done',
        tags: ['jobs'],
        params: idParams,
        response: {
          200: bytes('The output, in the type that the job names. With x-voxloom-partial when the job failed.'),
          206: bytes('The range that was asked for'),
          304: nothing('The caller has it already'),
          // 409: it was cancelled before there was anything.
          ...failures(400, 404, 409, 416),
        },
      },
    },
    async (request, reply) => streamJob(request, reply, found(request.params.id), host),
  )

  app.get(
    '/jobs/:id/log',
    {
      schema: {
        operationId: 'getJobLog',
        summary: 'What the plugins said, a JSON object a line',
        tags: ['jobs'],
        params: idParams,
        response: { 200: bytes('One JSON object a line: at, node, text', 'application/jsonl'), ...failures(400, 404) },
      },
    },
    async ({ params }, reply) => sendLog(found(params.id), reply, host),
  )

  app.post(
    '/jobs/:id/cancel',
    {
      schema: {
        operationId: 'cancelJob',
        summary: 'Stop a job; what was made is kept',
        tags: ['jobs'],
        params: idParams,
        response: { 200: jobSchema, ...failures(400, 404, 413, 415) },
      },
    },
    async ({ params }) => (await jobs.cancel(params.id)) as never,
  )

  app.delete(
    '/jobs/:id',
    {
      schema: {
        operationId: 'removeJob',
        summary: 'Delete a job that is over, with its files',
        tags: ['jobs'],
        params: idParams,
        response: { 204: nothing('It is gone'), ...failures(400, 404, 409, 413, 415) },
      },
    },
    async ({ params }, reply) => {
      await jobs.remove(params.id)
      return reply.code(204).send(undefined)
    },
  )
}

async function sendLog({ id }: JobInfo, reply: FastifyReply, { files }: PluginHost) {
  const text = await readFile(files.log(id), 'utf8').catch(() => '')
  return reply.type('application/jsonl').send(text as never)
}
