import { z } from 'zod'
import { errorSchema } from '#protocol/api.ts'
import { clientMessages, connectQuery } from '#protocol/session-client.ts'
import { serverMessages } from '#protocol/session-server.ts'
import { INPUT_RATE, OUTPUT_RATE } from '#protocol/sessions.ts'
import { productVersion } from '../core/version.ts'
import { AsyncApiDocument, ref } from './asyncapi-document.ts'
import type { SocketCalls, SocketOffers } from './socket-offers.ts'

const id = z.int().meta({ description: 'Chosen by the client: which call or stream this belongs to' })

/** Messages that name no call. */
const common = {
  more: {
    summary: 'More credit for a stream',
    schema: z.object({ rpc: z.literal('more'), id, bytes: z.int().positive() }),
  },
  abort: { summary: 'Ends a stream', schema: z.object({ rpc: z.literal('abort'), id }) },
  bye: { summary: 'Closes the socket', schema: z.object({ rpc: z.literal('bye'), id }) },
  end: { summary: 'A stream is over', schema: z.object({ rpc: z.literal('end'), id }) },
  fail: {
    summary: 'A call or a stream has failed',
    schema: z.object({ rpc: z.literal('fail'), id, error: errorSchema }),
  },
} as const
const FROM_CLIENT = ['more', 'abort', 'bye'] as const

/** What asyncapi.json says of the sockets (AsyncAPI 3.0): made from the very schemas that inputs are checked against. */
export function asyncApi(calls: SocketCalls, streams: SocketOffers, hasSessions: boolean): object {
  const document = new AsyncApiDocument()
  describeCalls(document, calls)
  describeStreams(document, streams)
  const session = hasSessions ? { session: describeSessions(document) } : {}
  const { schemas, messages, operations } = document
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Voxloom companion',
      version: productVersion(),
      description: 'Calls and streams of the companion on this machine over one socket, and talks over one each.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      companion: { host: 'localhost:4747', protocol: 'ws', security: [ref('components/securitySchemes/token')] },
    },
    channels: { socket: { address: '/ws', messages: document.messagesOf('socket') }, ...session },
    operations,
    components: {
      schemas,
      messages,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The file `token` of the companion’s state folder. A browser asks `POST /ws/ticket` instead.',
        },
      },
    },
  }
}

function describeCalls(document: AsyncApiDocument, calls: SocketCalls): void {
  for (const [name, { summary, schema }] of Object.entries(common)) {
    document.message(name, summary, schema, name === 'end' || name === 'fail' ? 'output' : 'input')
  }
  for (const name of FROM_CLIENT) document.operation(name, common[name].summary, [name])
  for (const [name, { about, input, output }] of Object.entries(calls)) {
    const asked = z.object({ rpc: z.literal('call'), id, name: z.literal(name), input })
    document.message(`call.${name}`, about, asked, 'input')
    document.message(`done.${name}`, about, z.object({ rpc: z.literal('done'), id, output }), 'output')
    document.operation(`call.${name}`, about, [`call.${name}`], [`done.${name}`, 'fail'])
  }
}

function describeStreams(document: AsyncApiDocument, streams: SocketOffers): void {
  for (const [name, { about, input, item, bytes }] of Object.entries(streams)) {
    const window = z.int().positive().optional().meta({ description: 'Bytes that may be sent before the first `more`' })
    const asked = z.object({ rpc: z.literal('open'), id, name: z.literal(name), input, window })
    document.message(`open.${name}`, about, asked, 'input')
    const replies = ['end', 'fail']
    if (item) {
      document.message(`item.${name}`, about, z.object({ rpc: z.literal('item'), id, item }), 'output')
      replies.push(`item.${name}`)
    }
    if (bytes !== undefined) {
      document.binary(`bytes.${name}`, `The stream’s id in 4 bytes, little-endian, and then ${bytes}`)
      replies.push(`bytes.${name}`)
    }
    document.operation(`open.${name}`, about, [`open.${name}`], replies)
  }
}

/** Talks: each message is known by its `type`. @returns the channel */
function describeSessions(document: AsyncApiDocument): object {
  document.channel = 'session'
  const fromClient = Object.entries(clientMessages).map(([type, { about, schema }]) => {
    document.message(`session.${type}`, about, schema, 'input')
    return `session.${type}`
  })
  document.binary(
    'session.input',
    `Sound of the user: 32-bit floats, little-endian, mono, at input_rate (${INPUT_RATE})`,
  )
  const fromServer = Object.entries(serverMessages).map(([type, { about, schema }]) => {
    document.message(`session.${type}`, about, schema, 'output')
    return `session.${type}`
  })
  document.binary(
    'session.output',
    `Sound of the reply: 32-bit floats, little-endian, mono, at output_rate (${OUTPUT_RATE})`,
  )
  document.operation('session.hear', 'What a client may say', [...fromClient, 'session.input'])
  document.operation('session.tell', 'What a client is told', [...fromServer, 'session.output'], [], 'send')
  return {
    address: '/ws/session/{id}',
    description: 'A talk. Connecting to an id that is not there makes the session.',
    parameters: { id: { description: 'The session: 1 to 64 letters, digits, “.”, “_” and “-”' } },
    bindings: { ws: { method: 'GET', query: document.payload(connectQuery, 'input'), bindingVersion: '0.1.0' } },
    messages: document.messagesOf('session'),
  }
}
