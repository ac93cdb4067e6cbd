import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { jobSchema, runBody, runQuery } from '#protocol/api.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import { failures } from './answers.ts'
import { readSource } from './plugin-routes.ts'

/** Bytes of a JSON body that holds a job's input; larger ones are sent as the body itself. */
const MAX_JSON = 64 * 1024 * 1024

const KEY_HELP = 'Repeats of a request with the same key give the same job, and not a second one.'

/** `POST /pipeline/run`. Here alone a body may be of any type: it is the input itself, and goes to the disk as it comes. */
export function runRoute(instance: FastifyInstance, host: PluginHost): void {
  void instance.register(async part => {
    part.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    addRoute(part, host)
  })
}

function addRoute(instance: FastifyInstance, host: PluginHost): void {
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
    const { pipeline: name, split } = runQuery.parse(request.query)
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
      split,
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
    pipeline: readSource(pipeline, host),
    inputType: type === undefined ? undefined : parseMediaType(type),
    input: Readable.from(input === '' ? [] : [Buffer.from(input)]) as AsyncIterable<Uint8Array>,
    split,
  }
}
