import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { CompanionStatus } from '#protocol/status.ts'
import { failures } from './answers.ts'
import { lightSchema } from './contracts/schemas.ts'
import type { Guard } from './guard.ts'
import { noInput, offerCall, type SocketCalls } from './socket-offers.ts'

const engine = z.object({ engine: z.string(), version: z.string(), ready: z.boolean(), threads: z.int() })

const statusSchema = z
  .object({
    name: z.literal('voxloom'),
    version: z.string(),
    /** Revision of this interface. */
    protocol: z.string(),
    uptime: z.number().meta({ description: 'seconds' }),
    models: z.array(z.object({ id: z.string(), complete: z.boolean() })),
    voice: engine.optional().meta({ description: 'the companion’s own voice, over the socket: speech.speak' }),
    listening: engine.optional().meta({ description: 'what it hears with' }),
    sessions: z
      .object({ open: z.int(), connected: z.int() })
      .optional()
      .meta({ description: 'talks of other programs, and how many of them have a client now' }),
    contracts: z.array(lightSchema).optional().meta({ description: 'contract plugins, and what each brings' }),
  })
  .meta({ id: 'Status' })

/** What the socket answers whatever else is there. */
export function statusCalls(status: () => Promise<CompanionStatus>): SocketCalls {
  return {
    ping: offerCall({
      about: 'Whether anybody is there',
      input: noInput,
      output: z.literal('pong'),
      answer: () => 'pong',
    }),
    status: offerCall({
      about: 'Which companion this is, and which models are here',
      input: noInput,
      output: statusSchema,
      answer: () => status(),
    }),
  }
}

/** `GET /status`, and tickets for the socket. */
export function statusRoutes(app: FastifyInstance, guard: Guard, status: () => Promise<CompanionStatus>): void {
  app.get(
    '/status',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'Which companion this is, and which models are here',
        tags: ['companion'],
        response: { 200: statusSchema, ...failures() },
      },
    },
    async (request, reply) => {
      // A page that came from its own cache has had no other chance to be paired.
      if (guard.isOwnPage(request.headers)) reply.header('set-cookie', guard.cookie())
      return status()
    },
  )

  app.post(
    '/ws/ticket',
    {
      schema: {
        operationId: 'issueTicket',
        summary: 'A ticket for GET /ws?ticket=, good once within 30 s',
        tags: ['companion'],
        response: { 200: z.object({ ticket: z.string() }), ...failures(400, 413, 415) },
      },
    },
    async ({ headers }) => ({ ticket: guard.issueTicket(headers) }),
  )
}
