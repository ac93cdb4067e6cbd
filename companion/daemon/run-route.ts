import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { jobSchema, pipelineDraft, pipelineSource, runBody, runQuery } from '#protocol/api.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import { failures } from './answers.ts'
import { submitJob } from './job-pipeline.ts'
import { PipelineDrafts } from './pipeline-drafts.ts'
import { readSource, type GivenPipeline } from './pipeline-source.ts'

/** Bytes of a JSON body that holds a job's input; larger ones are sent as the body itself. */
const MAX_JSON = 64 * 1024 * 1024

const KEY_HELP = 'Repeats of a request with the same key give the same job, and not a second one.'

/**
 * `POST /pipeline/run`, and `POST /pipeline/draft` for a pipeline that can’t stand beside its input. At the first alone
 * a body may be of any type: it is the input itself, and goes to the disk as it comes.
 */
export function runRoutes(instance: FastifyInstance, host: PluginHost): void {
  const drafts = new PipelineDrafts()
  addDraftRoute(instance, host, drafts)
  void instance.register(async part => {
    part.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    addRunRoute(part, host, drafts)
  })
}

function addDraftRoute(instance: FastifyInstance, host: PluginHost, drafts: PipelineDrafts): void {
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/pipeline/draft',
    {
      schema: {
        operationId: 'draftPipeline',
        summary: 'Hand over a pipeline whose input comes in a request of its own',
        description:
          'The input is then sent as the body of `POST /pipeline/run?draft=`, any number of times. The last 32 drafts are kept until the companion ends.',
        tags: ['pipelines'],
        body: pipelineSource,
        response: { 200: pipelineDraft, ...failures(400, 404, 413, 415) },
      },
    },
    async ({ body }) => ({ draft: drafts.add(readSource(body, host)) }),
  )
}

function addRunRoute(instance: FastifyInstance, host: PluginHost, drafts: PipelineDrafts): void {
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/pipeline/run',
    {
      bodyLimit: MAX_JSON,
      schema: {
        operationId: 'runPipeline',
        summary: 'Start a job; 202 when it is on the disk',
        description:
          'Either a JSON body with `pipeline` and `input`; or the input itself as the body, with its type as Content-Type and the pipeline as `?pipeline=` (the name of a saved one) or `?draft=` (of one that was sent to `/pipeline/draft`). With an `Idempotency-Key` header the same request gives the same job.',
        tags: ['jobs'],
        querystring: runQuery,
        // Only for openapi.json: what is wrong with it is said below.
        headers: z.looseObject({
          'idempotency-key': z.string().meta({ pattern: '^[!-~]{1,128}$', description: KEY_HELP }).optional(),
        }),
        response: { 200: jobSchema, 202: jobSchema, ...failures(400, 404, 409, 413, 507) },
      },
    },
    async (request, reply) => {
      const idempotencyKey = header(request, 'idempotency-key')
      if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,128}$/.test(idempotencyKey)) {
        throw new SeamError('bad-input', 'The Idempotency-Key must have 1 to 128 visible ASCII characters.')
      }
      const { given, ...rest } = jobOf(request, host, drafts)
      const { job, isNew } = await submitJob(host, given, { ...rest, idempotencyKey })
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
function jobOf(request: FastifyRequest, host: PluginHost, drafts: PipelineDrafts) {
  const { body } = request
  if (body instanceof Readable) {
    const query = runQuery.parse(request.query)
    return {
      given: pipelineOf(query, host, drafts),
      inputType: parseMediaType(header(request, 'content-type') ?? ''),
      input: body as AsyncIterable<Uint8Array>,
      split: query.split,
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
  const { pipeline, input, input_type: type, split } = parsed.data
  return {
    given: readSource(pipeline, host),
    inputType: type === undefined ? undefined : parseMediaType(type),
    input: Readable.from(input === '' ? [] : [Buffer.from(input)]) as AsyncIterable<Uint8Array>,
    split,
  }
}

/** The pipeline that an address names. @throws SeamError bad-input, not-found */
function pipelineOf(
  { pipeline, draft }: z.infer<typeof runQuery>,
  host: PluginHost,
  drafts: PipelineDrafts,
): GivenPipeline {
  if (pipeline !== undefined && draft === undefined) return readSource({ saved: pipeline }, host)
  if (draft !== undefined && pipeline === undefined) return drafts.find(draft)
  throw new SeamError(
    'bad-input',
    'A body that is the input itself needs either the name of a saved pipeline, ?pipeline=NAME, or that of a draft, ?draft=NAME.',
  )
}
