import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { errorData, SeamError } from '#protocol/errors.ts'
import type { Transcriber } from '#protocol/transcribe.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import type { ModelStore } from '../../core/models/store.ts'
import { findListed, listModels } from '../../core/openai/models.ts'
import type { SpeakerPool } from '../../core/speakers/pool.ts'
import { fail } from '../reply.ts'
import { failures } from './errors.ts'
import { speechRoute } from './speech.ts'
import { transcriptionRoute } from './transcriptions.ts'
import { UPLOAD_LIMITS, UploadTooLarge } from './upload.ts'

/** The weights on the disk. */
export interface ModelsHere {
  /** @throws SeamError not-found, with the command that fetches what is missing */
  need(ids: readonly string[]): Promise<void>
}

export interface OpenAiParts {
  readonly store: ModelStore
  readonly speakers: SpeakerPool
  readonly listeners: Transcriber
  /** Plugins that speak and hear as well. */
  readonly contracts?: ContractHost
}

const modelSchema = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'OpenAiModel' })

/** What OpenAI's clients ask for, answered by the models of this machine. */
export async function openAiRoutes(app: FastifyInstance, parts: OpenAiParts): Promise<void> {
  await app.register(async part => {
    part.setErrorHandler((error, _, reply) => {
      if (error instanceof UploadTooLarge) return reply.code(413).send(errorData(error))
      if (!hasZodFastifySchemaValidationErrors(error)) throw error
      return fail(reply, invalid(error.validation[0]))
    })
    await part.register(multipart, { limits: UPLOAD_LIMITS, throwFileSizeLimit: false })
    const models = modelsHere(parts.store)
    listRoutes(part, parts.contracts)
    speechRoute(part, parts, models)
    transcriptionRoute(part, parts, models)
  })
}

function listRoutes(part: FastifyInstance, contracts: ContractHost | undefined): void {
  const lights = () => contracts?.lights() ?? []
  const app = part.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/v1/models',
    {
      schema: {
        operationId: 'listOpenAiModels',
        summary: 'The names that speech and transcriptions take as a model',
        tags: ['openai'],
        response: { 200: z.object({ object: z.literal('list'), data: z.array(modelSchema) }), ...failures() },
      },
    },
    async () => ({ object: 'list' as const, data: [...listModels(lights())] }),
  )
  app.get(
    '/v1/models/:model',
    {
      schema: {
        operationId: 'getOpenAiModel',
        summary: 'One of them',
        tags: ['openai'],
        params: z.object({ model: z.string().min(1).max(256) }),
        response: { 200: modelSchema, ...failures(400, 404) },
      },
    },
    async ({ params }) => findListed(params.model, lights()),
  )
}

interface Fault {
  readonly instancePath?: string
  readonly keyword?: string
  readonly message?: string
}

/** What is wrong with a body, with the parameter that OpenAI's clients show. */
function invalid({ instancePath = '', keyword, message = 'it has another shape' }: Fault = {}): SeamError {
  const param = instancePath.split('/').filter(Boolean).join('.')
  const isLong = keyword === 'too_big' && param === 'input'
  return new SeamError('bad-input', `The request can’t be used: ${param ? `“${param}”: ` : ''}${message}.`, {
    details: { ...(param && { param }), code: isLong ? 'string_above_max_length' : 'invalid_value' },
  })
}

function modelsHere(store: ModelStore): ModelsHere {
  return {
    async need(ids) {
      const states = await Promise.all(ids.map(id => store.state(id)))
      const missing = states.filter(({ complete }) => !complete).map(({ id }) => id)
      if (missing.length === 0) return
      throw new SeamError(
        'not-found',
        `The weights for this are not on this machine yet. Run: voxloom models pull ${missing.join(' ')}`,
        { details: { param: 'model', code: 'model_not_found' } },
      )
    },
  }
}
