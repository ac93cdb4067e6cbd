import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { errorData, SeamError, toSeamError } from '#protocol/errors.ts'
import { PERSONA_TYPES } from '../core/personas/card-files.ts'
import { importInto, MAX_CARD_FILE } from '../core/personas/import.ts'
import { importedSchema } from '../core/personas/schema.ts'
import type { PersonaStore } from '../core/personas/store.ts'
import { failures } from './answers.ts'

const body = z.any().meta({ type: 'string', format: 'binary', description: 'The file' })

/** `POST /personas/import`. Here alone JSON is not read on the way in: it is a file like any other. */
export async function importRoute(instance: FastifyInstance, store: PersonaStore): Promise<void> {
  await instance.register(async part => {
    part.removeAllContentTypeParsers()
    part.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, file, done) => done(null, file))
    part.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
      if (error.statusCode !== 413) throw error
      const message = `The file is larger than ${MAX_CARD_FILE} bytes, and no more are read. Nothing was imported; take large pictures out of it.`
      return reply.code(413).send(errorData(new SeamError('bad-input', message, { details: { limit: MAX_CARD_FILE } })))
    })
    part.withTypeProvider<ZodTypeProvider>().post(
      '/personas/import',
      {
        bodyLimit: MAX_CARD_FILE,
        schema: {
          operationId: 'importPersonas',
          summary: 'Take in the personas of a file',
          description:
            'The body is the file: a character card of version 1, 2 or 3 as JSON, PNG or `.charx`, or YAML with one persona or several. What it is shows by itself; the Content-Type may be any. Nothing is kept of a file with a mistake.',
          tags: ['personas'],
          consumes: [...Object.values(PERSONA_TYPES), 'application/octet-stream'],
          body,
          response: { 201: importedSchema, ...failures(400, 409, 413, 507) },
        },
      },
      async ({ body }, reply) => {
        const file: unknown = body
        if (!(file instanceof Uint8Array) || file.length === 0) {
          throw new SeamError('bad-input', 'The body is empty, and must be the file. Nothing was imported.')
        }
        return reply.code(201).send((await importInto(store, file).catch(sendersFault)) as never)
      },
    )
  })
}

/** A file that is damaged is so where it came from: nothing is wrong here. */
function sendersFault(error: unknown): never {
  const { code, message, details } = toSeamError(error)
  throw code === 'integrity' ? new SeamError('bad-input', message, { cause: error, details }) : error
}
