import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ErrorData } from '#protocol/errors.ts'
import { failuresAs, type FailureStatus } from '../answers.ts'
import { statusOf } from '../reply.ts'

/** Where the routes lie that answer as OpenAI's do. */
const OPENAI_PATH = '/v1'

const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError', description: 'What went wrong, as OpenAI’s clients read it.' })

type OpenAiError = z.infer<typeof openAiErrorSchema>

/** Schemas of a route's failures: those that any route has, and its own. */
export const failures = <Own extends FailureStatus>(...own: readonly Own[]) => failuresAs(openAiErrorSchema, own)

/** What clients look for in `code`. A SeamError may name another one as `details.code`, and what it is about as `param`. */
const CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'not_found',
  413: 'file_too_large',
}

/** A failure in OpenAI's shape. */
function openAiError({ message, details }: ErrorData, status: number): OpenAiError {
  const code = details['code'] ?? CODES[status]
  const { param } = details
  return {
    error: {
      message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: param === undefined ? null : String(param),
      code: code === undefined ? null : String(code),
    },
  }
}

/** The same for a stream that has begun, where there is no status any more. */
export const streamedError = (data: ErrorData) => openAiError(data, statusOf(data.code))

/** Whatever refuses or fails below `/v1`, the guard included, is told as OpenAI's clients expect it. */
export function speakOpenAi(app: FastifyInstance): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    return isBelow(request) && reply.statusCode >= 400 && isErrorData(payload)
      ? openAiError(payload, reply.statusCode)
      : payload
  })
}

/** The route decides: an address can be written in several ways. Only where there is none, its text does. */
function isBelow({ routeOptions, url }: FastifyRequest): boolean {
  const route = routeOptions.url ?? ''
  if (route.startsWith(`${OPENAI_PATH}/`)) return true
  const [path = ''] = url.split('?', 1)
  return path === OPENAI_PATH || path.startsWith(`${OPENAI_PATH}/`)
}

function isErrorData(payload: unknown): payload is ErrorData {
  return typeof payload === 'object' && payload !== null && 'retryable' in payload && 'details' in payload
}
