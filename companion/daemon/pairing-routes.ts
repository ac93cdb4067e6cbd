import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import type { Pairings } from '../core/pairing.ts'
import { PairingCode } from '../core/pairing-code.ts'
import { LONGEST_ORIGIN } from '../core/pairing-origin.ts'
import { failures } from './answers.ts'
import type { Guard } from './guard.ts'
import type { PairingLines } from './pairing-lines.ts'

const pairingSchema = z
  .object({ origin: z.string(), paired: z.iso.datetime(), used: z.iso.datetime().optional() })
  .meta({ id: 'Pairing', description: 'A page of another server that may talk to this companion' })

const codeSchema = z.object({ code: z.string(), expires: z.iso.datetime() })
const pairBody = z.strictObject({ code: z.string().max(64) })
const tokenSchema = z.object({ token: z.string() })
/** Bytes of a body that comes from anybody. */
const BODY_LIMIT = 1024

export interface PairingParts {
  readonly guard: Guard
  readonly pairings: Pairings
  readonly lines: PairingLines
}

/** `/pair`: pages that another server sent are paired by a code, listed, and revoked. */
export function pairingRoutes(instance: FastifyInstance, { guard, pairings, lines }: PairingParts): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const pairing = new PairingCode()

  app.post(
    '/pair',
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        operationId: 'pairPage',
        summary: 'Pair the page that asks, by the code in the terminal. The only request that any Origin may send',
        description:
          'The Origin must be https, or http on this machine. The token is good for this Origin alone, as Authorization: Bearer.',
        tags: ['companion'],
        security: [],
        body: pairBody,
        response: { 200: tokenSchema, ...failures(400, 409, 413, 415, 507) },
      },
    },
    async ({ headers, body, log }) => {
      const origin = guard.strangeOrigin(headers)
      if (origin === undefined) {
        throw new SeamError(
          'bad-input',
          'Only a page that another server sent is paired by a code; the companion’s own page and programs need none.',
        )
      }
      pairing.redeem(body.code)
      const token = pairings.add(origin)
      log.info({ origin }, 'A page was paired.')
      return { token }
    },
  )

  app.post(
    '/pair/code',
    {
      schema: {
        operationId: 'issuePairingCode',
        summary: 'A code for POST /pair, good once within five minutes; an older one is void. For programs alone',
        tags: ['companion'],
        response: { 200: codeSchema, ...failures(400, 409, 413, 415) },
      },
    },
    async () => {
      pairings.requireRoom()
      const { code, expires } = pairing.issue()
      return { code, expires: new Date(expires).toISOString() }
    },
  )

  app.get(
    '/pair',
    {
      schema: {
        operationId: 'listPairings',
        summary: 'Pages that are paired. For programs alone',
        tags: ['companion'],
        response: { 200: z.array(pairingSchema), ...failures() },
      },
    },
    async () => pairings.list(),
  )

  app.delete(
    '/pair',
    {
      schema: {
        operationId: 'revokePairings',
        summary: 'End all pairings, and the connections of their pages. For programs alone',
        tags: ['companion'],
        response: { 200: z.array(pairingSchema), ...failures(400, 413, 415, 507) },
      },
    },
    async () => {
      const gone = pairings.remove()
      for (const { origin } of gone) lines.cut(origin)
      return gone
    },
  )

  app.delete(
    '/pair/:origin',
    {
      schema: {
        operationId: 'revokePairing',
        summary: 'End the pairings of an origin, and its connections; a paired page ends its own and no other',
        tags: ['companion'],
        params: z.object({ origin: z.string().max(LONGEST_ORIGIN) }),
        response: { 200: z.array(pairingSchema), ...failures(400, 404, 413, 415, 507) },
      },
    },
    async ({ params: { origin }, headers }, reply) => {
      const caller = guard.strangeOrigin(headers)
      if (caller !== undefined && caller !== origin) {
        throw new SeamError('refused', 'A page can end its own pairing alone. Nothing was changed.')
      }
      const gone = pairings.remove(origin, caller && guard.bearer(headers))
      if (gone.length === 0) {
        throw new SeamError(
          'not-found',
          `No page of “${origin}” is paired. “voxloom pair list” shows those that are, as they must be written.`,
        )
      }
      // The page that ends its own pairing still gets its answer.
      if (caller === undefined) lines.cut(origin)
      else if (!pairings.has(origin)) reply.raw.once('close', () => lines.cut(origin))
      return gone
    },
  )
}
