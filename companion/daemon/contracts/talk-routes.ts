import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { SeamError } from '#protocol/errors.ts'
import { chatBody } from '#protocol/language-api.ts'
import type { ChatRequest } from '#protocol/language.ts'
import { STRETCH_RATE } from '../../core/contracts/ears.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { bytes, failures } from '../answers.ts'
import { leaving, replyLines, sendLines } from '../reply-lines.ts'
import { MAX_STRETCH, nameParams, recognition, stretchQuery } from './schemas.ts'

const SAMPLE = 4

/** What rooms ask of recognisers and language models; voices speak over the socket. */
export function talkRoutes(instance: FastifyInstance, host: ContractHost): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.post(
    '/contracts/:name/chat',
    {
      schema: {
        operationId: 'chatWithContract',
        summary: 'The reply of a plugin to a dialogue, in pieces as they come',
        description: 'As `POST /language/providers/{id}/chat` answers.',
        tags: ['contracts'],
        params: nameParams,
        body: chatBody,
        response: {
          200: bytes('The reply, a JSON object a line', 'application/x-ndjson'),
          ...failures(400, 404, 413, 415),
        },
      },
    },
    async ({ params: { name }, body }, reply) => {
      const { model, ...request } = body as ChatRequest
      return sendLines(reply, replyLines(host.model(name, model), request, leaving(reply.raw)))
    },
  )

  void app.register(async part => {
    part.removeAllContentTypeParsers()
    part.addContentTypeParser('audio/pcm', { parseAs: 'buffer', bodyLimit: MAX_STRETCH }, (_, body, done) =>
      done(null, body),
    )
    part.withTypeProvider<ZodTypeProvider>().post(
      '/contracts/:name/recognise',
      {
        bodyLimit: MAX_STRETCH,
        schema: {
          operationId: 'recogniseByContract',
          summary: 'What is said in a stretch of sound, as a plugin hears it',
          description: `The body is sound of ${STRETCH_RATE} Hz, mono, 32-bit floats, little-endian: \`audio/pcm\`, at most a minute.`,
          tags: ['contracts'],
          params: nameParams,
          querystring: stretchQuery,
          response: { 200: recognition, ...failures(400, 404, 413, 415, 422, 503, 507) },
        },
      },
      async ({ params: { name }, query: { lang }, body }, reply) => {
        const run = { signal: leaving(reply.raw), ...(lang !== undefined && { lang }) }
        const { text, words } = await host.recogniser(name).recognise(samplesOf(body), run)
        return { text, words: [...words] }
      },
    )
  })
}

/** @throws SeamError bad-input */
function samplesOf(body: unknown): Float32Array<ArrayBuffer> {
  if (!Buffer.isBuffer(body) || body.length === 0 || body.length % SAMPLE !== 0) {
    throw new SeamError('bad-input', 'The body must be samples of 4 bytes each, as audio/pcm. Send at least one.')
  }
  const samples = new Float32Array(body.length / SAMPLE)
  for (let at = 0; at < samples.length; at++) {
    const sample = body.readFloatLE(at * SAMPLE)
    samples[at] = Number.isFinite(sample) ? sample : 0
  }
  return samples
}
