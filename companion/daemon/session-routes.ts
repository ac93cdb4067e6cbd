import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  SESSION_COMMANDS,
  sessionBody,
  sessionHistory,
  sessionParams,
  sessionSchema,
  type SessionCommand,
} from '#protocol/sessions.ts'
import type { Sessions } from '../core/sessions/sessions.ts'
import { failures, nothing } from './answers.ts'

const ABOUT: Readonly<Record<SessionCommand, string>> = {
  start: 'Press the talk key: a reply stops, and what is said from now on is one turn',
  stop: 'Release it: the turn is over',
  toggle: 'Press the talk key, or release it when it is down',
  cancel: 'Give up whatever is under way',
}

/** `/sessions`: talks of other programs. Their sound goes over `ws /ws/session/{id}`. */
export function sessionRoutes(instance: FastifyInstance, sessions: Sessions): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()

  app.get(
    '/sessions',
    {
      schema: {
        operationId: 'listSessions',
        summary: 'Sessions, the oldest first',
        tags: ['sessions'],
        response: { 200: z.array(sessionSchema), ...failures() },
      },
    },
    async () => sessions.list(),
  )

  app.post(
    '/sessions',
    {
      schema: {
        operationId: 'createSession',
        summary: 'A session to connect to, over ws /ws/session/{id}',
        tags: ['sessions'],
        body: sessionBody,
        response: { 201: sessionSchema, ...failures(400, 404, 409, 413, 415) },
      },
    },
    async ({ body: { id, ...wish } }, reply) => {
      const { info } = await sessions.create(wish, id)
      return reply.code(201).send(info)
    },
  )

  app.get(
    '/sessions/:id',
    {
      schema: {
        operationId: 'getSession',
        summary: 'One session, with what was said',
        tags: ['sessions'],
        params: sessionParams,
        response: { 200: sessionHistory, ...failures(400, 404) },
      },
    },
    async ({ params: { id } }) => {
      const { info, history } = sessions.get(id)
      return { ...info, history: history as never }
    },
  )

  app.delete(
    '/sessions/:id',
    {
      schema: {
        operationId: 'endSession',
        summary: 'End a session: its client is sent away, and what was said is forgotten',
        tags: ['sessions'],
        params: sessionParams,
        response: { 204: nothing('It is over'), ...failures(400, 404, 413, 415) },
      },
    },
    async ({ params: { id } }, reply) => {
      sessions.remove(id)
      return reply.code(204).send(undefined)
    },
  )

  for (const command of SESSION_COMMANDS) {
    app.post(
      `/sessions/:id/${command}`,
      {
        schema: {
          operationId: `${command}Session`,
          summary: ABOUT[command],
          tags: ['sessions'],
          params: sessionParams,
          response: { 200: sessionSchema, ...failures(400, 404, 409, 413, 415) },
        },
      },
      async ({ params: { id } }) => {
        const session = sessions.get(id)
        await session.press(command)
        return session.info
      },
    )
  }
}
