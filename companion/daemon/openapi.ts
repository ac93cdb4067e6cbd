import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { TRANSCRIPT_FORMATS } from '../core/openai/transcript.ts'
import { productVersion } from '../core/version.ts'

/** Bodies that Zod has no word for: a job's input itself in any type, and a form with a file. */
function withRawBody({ schema, url }: ReturnType<typeof jsonSchemaTransform>) {
  const content = RAW_BODIES[url]
  return content ? { schema: { ...schema, body: { content } }, url } : { schema, url }
}

const BINARY = { type: 'string', format: 'binary' }

const RAW_BODIES: Readonly<Record<string, object>> = {
  '/pipeline/run': {
    'application/json': { schema: { $ref: '#/components/schemas/RunInput' } },
    'text/plain': { schema: { type: 'string' } },
    'application/octet-stream': { schema: BINARY },
  },
  '/contracts/{name}/recognise': { 'audio/pcm': { schema: BINARY } },
  '/v1/audio/transcriptions': {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file', 'model'],
        properties: {
          file: BINARY,
          model: { type: 'string', maxLength: 256 },
          language: { type: 'string', maxLength: 35 },
          response_format: { type: 'string', enum: TRANSCRIPT_FORMATS, default: 'json' },
          stream: { type: 'string', enum: ['true', 'false'], default: 'false' },
          'timestamp_granularities[]': { type: 'array', items: { type: 'string', enum: ['word', 'segment'] } },
        },
      },
    },
  },
}

/** How openapi.json is made: from the very schemas that requests and answers are checked against. */
export function openApi(): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Voxloom companion',
        version: productVersion(),
        description: 'Plugins, pipelines and jobs of the companion on this machine.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'The file `token` of the companion’s state folder; for a page of another server, what POST /pair gave it.',
          },
        },
      },
      security: [{ token: [] }],
      tags: [
        { name: 'companion', description: 'This companion itself' },
        { name: 'plugins', description: 'What is installed' },
        { name: 'contracts', description: 'Plugins that speak, hear or answer, which the companion supervises' },
        { name: 'pipelines', description: 'Plugins in a row' },
        { name: 'jobs', description: 'Runs of pipelines' },
        { name: 'language', description: 'Servers of language models, which the companion asks' },
        { name: 'personas', description: 'Who answers in a talk' },
        { name: 'sessions', description: 'Talks of other programs, whose sound goes over ws /ws/session/{id}' },
        { name: 'openai', description: 'Speech and hearing, as OpenAI’s clients ask for them' },
      ],
    },
    transform: document => withRawBody(jsonSchemaTransform(document)),
    transformObject: jsonSchemaTransformObject,
  }
}
