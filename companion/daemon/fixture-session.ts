import { expect, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerMessage } from '#protocol/session-server.ts'
import { openListeners } from '../core/listening/open.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { openFixture, type Fixture } from './fixture.ts'

/** What a client is told, and when its sound came. */
export type Told = ServerMessage | { readonly type: 'sound'; readonly bytes: Buffer; readonly at: number }

/** A daemon that can be talked with, over real sockets. @param models the folder of weights */
export async function openSessionFixture(models: string) {
  const speakers = openSpeakers(models)
  const fixture = await openFixture({ speakers, listeners: openListeners(models), models })

  async function call<Json = never>(method: string, path: string, json?: unknown) {
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const answer = await fixture.send(method, path, { headers: { ...fixture.bearer, ...type }, ...body })
    const text = answer.body.toString()
    return { status: answer.status, json: (text === '' ? undefined : JSON.parse(text)) as Json }
  }

  return {
    ...fixture,
    speakers,
    call,
    /** A client of a session. @param address its id, and what is wished */
    connect: (address: string) => connectTo(`ws://${fixture.host}/ws/session/${address}`, fixture),
  }
}

export type SessionFixture = Awaited<ReturnType<typeof openSessionFixture>>
export type Client = Awaited<ReturnType<typeof connectTo>>

/** A client of a session. @param address with what is wished */
export async function connectTo(address: string, { host, bearer }: Pick<Fixture, 'host' | 'bearer'>) {
  const told: Told[] = []
  const socket = new WebSocket(address, { headers: { host, ...bearer } })
  socket.on('message', (data, isBinary) => {
    if (isBinary) told.push({ type: 'sound', bytes: data as Buffer, at: performance.now() })
    else told.push(JSON.parse(String(data)) as ServerMessage)
  })
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  await new Promise(resolve => socket.once('open', resolve))
  const of = <Type extends ServerMessage['type']>(type: Type) =>
    told.filter((each): each is Extract<ServerMessage, { type: Type }> => each.type === type)
  const until = (type: Told['type'], count = 1) =>
    vi.waitFor(() => expect(told.filter(each => each.type === type).length).toBeGreaterThanOrEqual(count), {
      timeout: 60_000,
      interval: 10,
    })
  const sound = () => {
    const bytes = Buffer.concat(told.flatMap(each => (each.type === 'sound' ? [each.bytes] : [])))
    return new Float32Array(new Uint8Array(bytes).buffer)
  }
  return {
    told,
    of,
    until,
    sound,
    closed,
    socket,
    say: (type: string, more: object = {}) => socket.send(JSON.stringify({ type, ...more })),
    end: () => socket.terminate(),
  }
}
