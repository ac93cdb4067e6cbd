import { z } from 'zod'
import { errorSchema } from '#protocol/api.ts'
import { productVersion } from '../core/version.ts'
import type { SocketCalls, SocketOffers } from './socket-offers.ts'

type Json = Record<string, unknown>

const id = z.int().meta({ description: 'Chosen by the client: which call or stream this belongs to' })
const ref = (path: string) => ({ $ref: `#/${path}` })

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

/** Schemas that several messages share, and messages, as they are collected. */
class Document {
  readonly schemas: Json = {}
  readonly messages: Json = {}
  readonly operations: Json = {}

  /** @param io whether the companion reads it or writes it: what has a default need not be sent */
  message(name: string, summary: string, schema: z.ZodType, io: 'input' | 'output'): void {
    this.messages[name] = { name, summary, contentType: 'application/json', payload: this.#payload(schema, io) }
  }

  binary(name: string, holds: string): void {
    this.messages[name] = {
      name,
      summary: `The stream’s id in 4 bytes, little-endian, and then ${holds}`,
      contentType: 'application/octet-stream',
      payload: { type: 'string', format: 'binary' },
    }
  }

  operation(name: string, summary: string, message: string, replies: readonly string[]): void {
    const of = (message: string) => ref(`channels/socket/messages/${message}`)
    this.operations[name] = {
      action: 'receive',
      summary,
      channel: ref('channels/socket'),
      messages: [of(message)],
      ...(replies.length > 0 && { reply: { channel: ref('channels/socket'), messages: replies.map(of) } }),
    }
  }

  #payload(schema: z.ZodType, io: 'input' | 'output'): unknown {
    const { definitions = {}, $schema: _, ...payload } = z.toJSONSchema(schema, { io, target: 'draft-7' }) as Json
    const names = new Map<string, string>()
    for (const [name, definition] of Object.entries(definitions as Json)) {
      // One name, two shapes: what is sent need not hold what is filled in.
      const taken = this.schemas[name]
      const same = taken === undefined || JSON.stringify(taken) === JSON.stringify(relinked(definition, names))
      names.set(name, same ? name : `${name}Input`)
    }
    for (const [name, definition] of Object.entries(definitions as Json)) {
      this.schemas[names.get(name)!] = relinked(definition, names)
    }
    return relinked(payload, names)
  }
}

/** References lead to where the document keeps shared schemas; and names are said there, not in the schema. */
function relinked(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map(each => relinked(each, names))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key === 'id' && typeof inner === 'string') return []
    if (key === '$ref' && typeof inner === 'string') {
      const name = inner.replace('#/definitions/', '')
      return [[key, `#/components/schemas/${names.get(name) ?? name}`]]
    }
    return [[key, relinked(inner, names)]]
  })
  return Object.fromEntries(entries)
}

/** What asyncapi.json says of `GET /ws` (AsyncAPI 3.0): made from the very schemas that inputs are checked against. */
export function asyncApi(calls: SocketCalls, streams: SocketOffers): object {
  const document = new Document()
  for (const [name, { summary, schema }] of Object.entries(common)) {
    document.message(name, summary, schema, name === 'end' || name === 'fail' ? 'output' : 'input')
  }
  for (const name of FROM_CLIENT) document.operation(name, common[name].summary, name, [])
  for (const [name, { about, input, output }] of Object.entries(calls)) {
    const asked = z.object({ rpc: z.literal('call'), id, name: z.literal(name), input })
    document.message(`call.${name}`, about, asked, 'input')
    document.message(`done.${name}`, about, z.object({ rpc: z.literal('done'), id, output }), 'output')
    document.operation(`call.${name}`, about, `call.${name}`, [`done.${name}`, 'fail'])
  }
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
      document.binary(`bytes.${name}`, bytes)
      replies.push(`bytes.${name}`)
    }
    document.operation(`open.${name}`, about, `open.${name}`, replies)
  }
  const { schemas, messages, operations } = document
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Voxloom companion',
      version: productVersion(),
      description: 'Calls and streams of the companion on this machine, over one socket.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      companion: { host: 'localhost:4747', protocol: 'ws', security: [ref('components/securitySchemes/token')] },
    },
    channels: {
      socket: {
        address: '/ws',
        messages: Object.fromEntries(Object.keys(messages).map(name => [name, ref(`components/messages/${name}`)])),
      },
    },
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
