import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { KeptPersona, PersonaDraft, PersonaPatch } from '#protocol/personas.ts'
import { PERSONA_FORMATS, PERSONA_TYPES, writePersona } from '../core/personas/card-files.ts'
import { MAX_PERSONA_JSON } from '../core/personas/change.ts'
import { draftSchema, patchSchema, personaSchema, summarySchema } from '../core/personas/schema.ts'
import type { PersonaStore } from '../core/personas/store.ts'
import { failures, nothing } from './answers.ts'
import { importRoute } from './persona-import.ts'

const params = z.object({ id: z.string().max(64) })
const ifMatch = z
  .string()
  .regex(/^(\*|(W\/)?"\d{1,15}")$/, { error: 'it must be the ETag of the persona, such as "3"' })
  .optional()
  .meta({ description: 'The ETag of the persona that the change was made from' })
const headers = z.object({ 'if-match': ifMatch })

const fields = z.looseObject({})
const binary = z.string().meta({ format: 'binary' })
/** What the formats hold, for whoever reads openapi.json. */
const FILE = {
  description: 'The file',
  content: {
    [PERSONA_TYPES.json]: { schema: fields },
    [PERSONA_TYPES.yaml]: { schema: fields },
    [PERSONA_TYPES.png]: { schema: binary },
    [PERSONA_TYPES.charx]: { schema: binary },
  },
}

/** `/personas`: those that the companion's sessions talk as. Included ones are among them from the beginning. */
export async function registerPersonas(instance: FastifyInstance, { store }: { store: PersonaStore }): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  await importRoute(instance, store)

  app.get(
    '/personas',
    {
      schema: {
        operationId: 'listPersonas',
        summary: 'Personas, the included ones first',
        tags: ['personas'],
        response: { 200: z.array(summarySchema), ...failures() },
      },
    },
    async () => (await store.list()) as never,
  )

  app.post(
    '/personas',
    {
      bodyLimit: MAX_PERSONA_JSON,
      schema: {
        operationId: 'createPersona',
        summary: 'Make a persona; a name is enough',
        tags: ['personas'],
        body: draftSchema,
        response: { 201: personaSchema, ...failures(400, 409, 413, 415, 507) },
      },
    },
    async ({ body }, reply) => {
      const persona = await store.create(ownFields(body) as unknown as PersonaDraft)
      return reply
        .code(201)
        .header('etag', tagOf(persona))
        .header('location', addressOf(persona))
        .send(persona as never)
    },
  )

  app.get(
    '/personas/:id',
    {
      schema: {
        operationId: 'getPersona',
        summary: 'One persona with all that is known of it; its revision is the ETag',
        tags: ['personas'],
        params,
        response: { 200: personaSchema, ...failures(400, 404) },
      },
    },
    async ({ params: { id } }, reply) => {
      const persona = await store.open(id)
      return reply.header('etag', tagOf(persona)).send(persona as never)
    },
  )

  app.patch(
    '/personas/:id',
    {
      bodyLimit: MAX_PERSONA_JSON,
      schema: {
        operationId: 'changePersona',
        summary: 'Change fields of a persona; null takes one away',
        description:
          'With `If-Match`, or `revision` in the body, a change that was made from another revision is refused. Of an included persona the companion keeps a version of its own from then on.',
        tags: ['personas'],
        params,
        headers,
        body: patchSchema,
        response: { 200: personaSchema, ...failures(400, 404, 409, 413, 415, 507) },
      },
    },
    async ({ params: { id }, headers, body }, reply) => {
      const expected = revisionOf(headers['if-match']) ?? body.revision
      const persona = await store.update(id, ownFields(body) as PersonaPatch, expected)
      return reply.header('etag', tagOf(persona)).send(persona as never)
    },
  )

  app.delete(
    '/personas/:id',
    {
      schema: {
        operationId: 'removePersona',
        summary: 'Remove a persona; an included one can be brought back',
        tags: ['personas'],
        params,
        headers,
        response: { 204: nothing('It is gone'), ...failures(400, 404, 409, 413, 415, 507) },
      },
    },
    async ({ params: { id }, headers }, reply) => {
      await store.remove(id, revisionOf(headers['if-match']))
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/personas/:id/reset',
    {
      schema: {
        operationId: 'resetPersona',
        summary: 'Make an included persona what it was at first, whether it was changed or removed',
        tags: ['personas'],
        params,
        response: { 200: personaSchema, ...failures(400, 404, 413, 415, 507) },
      },
    },
    async ({ params: { id } }, reply) => {
      const persona = await store.reset(id)
      return reply.header('etag', tagOf(persona)).send(persona as never)
    },
  )

  app.get(
    '/personas/:id/export',
    {
      schema: {
        operationId: 'exportPersona',
        summary: 'A persona as a file: a character card, or YAML to write on by hand',
        tags: ['personas'],
        params,
        querystring: z.object({ format: z.enum(PERSONA_FORMATS).default('json') }),
        response: { 200: FILE, ...failures(400, 404) },
      },
    },
    async ({ params: { id }, query: { format } }, reply) => {
      const persona = await store.open(id)
      const file = writePersona(persona, await store.files(id), format)
      return reply.type(PERSONA_TYPES[format]).send(Buffer.from(file.buffer, file.byteOffset, file.length) as never)
    },
  )
}

const tagOf = ({ revision }: KeptPersona): string => `"${revision}"`
const addressOf = ({ id }: KeptPersona): string => `/personas/${encodeURIComponent(id)}`

/** Who sends back what was told need not take out what is the store's to say. */
function ownFields(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { id: _id, origin: _origin, revision: _revision, updatedAt: _updatedAt, ...fields } = body
  return fields
}

/** `*` is any. */
function revisionOf(tag: string | undefined): number | undefined {
  const digits = tag?.match(/\d+/)?.[0]
  return digits === undefined ? undefined : Number(digits)
}
