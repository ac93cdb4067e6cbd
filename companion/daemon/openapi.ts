import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { productVersion } from '../core/version.ts'

/** A job's body is JSON, or the input itself in any other type: Zod has no word for the second. */
function withRawBody({ schema, url }: ReturnType<typeof jsonSchemaTransform>) {
  if (url !== '/pipeline/run') return { schema, url }
  const content = {
    'application/json': { schema: { $ref: '#/components/schemas/RunInput' } },
    'text/plain': { schema: { type: 'string' } },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  }
  return { schema: { ...schema, body: { content } }, url }
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
        { name: 'pipelines', description: 'Plugins in a row' },
        { name: 'jobs', description: 'Runs of pipelines' },
      ],
    },
    transform: document => withRawBody(jsonSchemaTransform(document)),
    transformObject: jsonSchemaTransformObject,
  }
}
