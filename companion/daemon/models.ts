import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { errorData, SeamError } from '#protocol/errors.ts'
import type { ModelStore } from '../core/models/store.ts'
import { failures } from './answers.ts'
import { isKnown } from './job-stream.ts'
import { parseRange } from './range.ts'

const modelSchema = z.looseObject({ id: z.string(), name: z.string(), complete: z.boolean() }).meta({ id: 'Model' })

/** `GET /models` lists; `GET /models/<model>/<path>` sends one catalogued file, with Range and its hash as ETag. */
export function modelRoutes(app: FastifyInstance, store: ModelStore): void {
  app.get(
    '/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models of the catalogue, and which of their files are here',
        tags: ['companion'],
        response: { 200: z.array(modelSchema), ...failures() },
      },
    },
    async () => store.list(),
  )

  // Not in openapi.json, which has no word for a path of several segments.
  const file = { schema: { hide: true } }
  app.get<{ Params: { model: string; '*': string } }>('/models/:model/*', file, async (request, reply) => {
    const { model, '*': path } = request.params
    // Only the catalogue's own paths are ever joined to the folder: nothing that a caller writes is a path to open.
    const file = store.file(model, path)
    const full = file && (await store.locate(model, path))
    if (!file || !full) {
      const message = file
        ? `“${path}” of “${model}” has not been fetched: voxloom models pull ${model}`
        : 'There is no such model file.'
      return reply.code(404).send({ code: 'not-found', message, retryable: false, details: {} })
    }
    const etag = `"${file.sha256}"`
    reply
      .header('etag', etag)
      .header('accept-ranges', 'bytes')
      .header('cache-control', 'private, no-cache')
      .type(path.endsWith('.json') ? 'application/json' : 'application/octet-stream')
    const { 'if-none-match': known, 'if-range': ifRange } = request.headers
    if (isKnown(known, etag)) return reply.code(304).send()
    const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, file.bytes) : undefined
    if (range === 'unsatisfiable') {
      return reply
        .code(416)
        .type('application/json')
        .header('content-range', `bytes */${file.bytes}`)
        .send(errorData(new SeamError('bad-input', 'The range lies behind the end of the file.')))
    }
    const { start, end } = range ?? { start: 0, end: file.bytes - 1 }
    reply.header('content-length', end - start + 1)
    if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.bytes}`)
    if (request.method === 'HEAD') return reply.send(Readable.from([]))
    return reply.send(createReadStream(full, { start, end }))
  })
}
