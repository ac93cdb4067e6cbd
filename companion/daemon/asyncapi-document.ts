import { z } from 'zod'

type Json = Record<string, unknown>

/** A link to another part of the document. */
export const ref = (path: string) => ({ $ref: `#/${path}` })

type Channel = 'socket' | 'session'

/** Schemas that several messages share, and messages, as they are collected. */
export class AsyncApiDocument {
  readonly schemas: Json = {}
  readonly messages: Json = {}
  readonly operations: Json = {}
  readonly #places = new Map<string, Channel>()
  /** What is described now. */
  channel: Channel = 'socket'

  /** @param io whether the companion reads it or writes it: what has a default need not be sent */
  message(name: string, summary: string, schema: z.ZodType, io: 'input' | 'output'): void {
    this.#add(name, { summary, contentType: 'application/json', payload: this.payload(schema, io) })
  }

  binary(name: string, summary: string): void {
    this.#add(name, {
      summary,
      contentType: 'application/octet-stream',
      payload: { type: 'string', format: 'binary' },
    })
  }

  /** @param action what the companion does with the messages */
  operation(
    name: string,
    summary: string,
    messages: readonly string[],
    replies: readonly string[] = [],
    action: 'receive' | 'send' = 'receive',
  ): void {
    const channel = ref(`channels/${this.channel}`)
    const of = (message: string) => ref(`channels/${this.channel}/messages/${message}`)
    this.operations[name] = {
      action,
      summary,
      channel,
      messages: messages.map(of),
      ...(replies.length > 0 && { reply: { channel, messages: replies.map(of) } }),
    }
  }

  /** The messages of a channel, by name. */
  messagesOf(channel: Channel): Json {
    const names = Object.keys(this.messages).filter(name => this.#places.get(name) === channel)
    return Object.fromEntries(names.map(name => [name, ref(`components/messages/${name}`)]))
  }

  #add(name: string, message: object): void {
    this.messages[name] = { name, ...message }
    this.#places.set(name, this.channel)
  }

  /** A schema as the document has it: what it shares with others is kept apart. @param io as for messages */
  payload(schema: z.ZodType, io: 'input' | 'output'): unknown {
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
