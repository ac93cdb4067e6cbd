import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { idParams, jobSchema, jobsQuery, runBody, runQuery } from '#protocol/api.ts'
import { SeamError } from '#protocol/errors.ts'
import type { JobInfo } from '#protocol/jobs.ts'
import { unknownJob } from '../core/jobs/runner.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import { bytes, failures, nothing } from './answers.ts'
import { streamJob } from './job-stream.ts'
import { readSource } from './plugin-routes.ts'

/** Bytes of a JSON body that holds a job's input; larger ones are sent as the body itself. */
const MAX_JSON = 64 * 1024 * 1024

/** `POST /pipeline/run` and everything about the jobs that come of it. */
export function jobRoutes(instance: FastifyInstance, host: PluginHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const { jobs } = host
  const found = (id: string): JobInfo => {
    const job = jobs.get(id)
    if (!job) throw unknownJob(id)
    return job
  }

  // Here alone a body may be of any type: it is the input itself, and goes to the disk as it comes.
  void instance.register(async part => {
    part.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    runRoute(part, host)
  })

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

function runRoute(instance: FastifyInstance, host: PluginHost): void {
  const { jobs } = host
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/pipeline/run',
    {
      bodyLimit: MAX_JSON,
      schema: {
        operationId: 'runPipeline',
        summary: 'Start a job; 202 when it is on the disk',
        description:
          'Either a JSON body with `pipeline` and `input`; or the input itself as the body, with its type as Content-Type and the name of a saved pipeline as `?pipeline=`. With an `Idempotency-Key` header the same request gives the same job.',
        tags: ['jobs'],
        querystring: runQuery,
        response: { 200: jobSchema, 202: jobSchema, ...failures(400, 404, 409, 413, 507) },
      },
    },
    async (request, reply) => {
      const idempotencyKey = header(request, 'idempotency-key')
      if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,128}$/.test(idempotencyKey)) {
        throw new SeamError('bad-input', 'The Idempotency-Key must have 1 to 128 visible ASCII characters.')
      }
      const { job, isNew } = await jobs.submit({ ...jobOf(request, host), idempotencyKey })
      return reply
        .code(isNew ? 202 : 200)
        .header('location', `/jobs/${job.id}/status`)
        .send(job as never)
    },
  )
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** @throws SeamError bad-input, not-found */
function jobOf(request: FastifyRequest, host: PluginHost) {
  const { body } = request
  if (body instanceof Readable) {
    const { pipeline: name } = runQuery.parse(request.query)
    if (name === undefined) {
      throw new SeamError(
        'bad-input',
        'A body that is the input itself needs the name of a saved pipeline: ?pipeline=NAME.',
      )
    }
    return {
      pipeline: host.pipelines.open(name),
      inputType: parseMediaType(header(request, 'content-type') ?? ''),
      input: body as AsyncIterable<Uint8Array>,
    }
  }
  const parsed = runBody.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const at = issue?.path.join('.') ?? ''
    throw new SeamError(
      'bad-input',
      `The body is not a job: ${at ? `“${at}”: ` : ''}${issue?.message ?? 'it is not JSON'}.`,
    )
  }
  const { pipeline, input, input_type: type } = parsed.data
  return {
    pipeline: readSource(pipeline, host),
    inputType: type === undefined ? undefined : parseMediaType(type),
    input: Readable.from(input === '' ? [] : [Buffer.from(input)]) as AsyncIterable<Uint8Array>,
  }
}

async function sendLog({ id }: JobInfo, reply: FastifyReply, { files }: PluginHost) {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(files.log(id), 'utf8').catch(() => '')
  return reply.type('application/jsonl').send(text as never)
}
