import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { connectQuery, type ConnectionWish } from '#protocol/session-client.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { sessionParams } from '#protocol/sessions.ts'
import { Connection } from '../core/sessions/connection.ts'
import { MOST_FRAME, MOST_UNSENT } from '../core/sessions/limits.ts'
import type { SessionLine } from '../core/sessions/outlet.ts'
import type { Sessions } from '../core/sessions/sessions.ts'
import { closeSockets, keepAlive, refuse, type SocketPlace } from './socket-door.ts'

const PLACE = '/ws/session/'
/** Bytes of the reason with which a socket may be closed. */
const MOST_REASON = 123

/** `ws /ws/session/{id}`: JSON messages, and sound as binary ones in both directions. */
export class SessionSockets implements SocketPlace {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_FRAME, perMessageDeflate: false })
  readonly #sessions: Sessions
  readonly #rest: () => void

  constructor(sessions: Sessions) {
    this.#sessions = sessions
    this.#rest = keepAlive(this.#sockets)
  }

  serves(path: string): boolean {
    return path.startsWith(PLACE)
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { id, wish, problem } = readAddress(request.url ?? '/')
    if (problem !== undefined) return refuse(stream, 400, problem)
    this.#sockets.handleUpgrade(request, stream, head, socket => this.#serve(socket, id, wish))
  }

  /** Sessions end first: each tells its client why. */
  close(): void {
    this.#rest()
    closeSockets(this.#sockets)
  }

  #serve(socket: WebSocket, id: string, wish: ConnectionWish): void {
    const connection = new Connection(this.#sessions, id, new SocketLine(socket), wish)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => connection.gone())
    socket.on('message', (data, isBinary) => {
      if (isBinary) connection.bytes(data as Buffer)
      else connection.text(String(data))
    })
  }
}

/** A socket as a session sees it. */
export class SocketLine implements SessionLine {
  readonly #socket: WebSocket
  #waiting: (() => void)[] = []
  #pauses = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.once('close', () => this.#wake())
  }

  tell(message: ServerMessage): void {
    if (this.#isOpen) this.#socket.send(JSON.stringify(message), this.#onSent)
  }

  sound(samples: Float32Array<ArrayBuffer>): void {
    if (!this.#isOpen) return
    this.#socket.send(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength), this.#onSent)
  }

  room(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : new Promise(resolve => this.#waiting.push(resolve))
  }

  pause(): () => void {
    this.#pauses += 1
    this.#socket.pause()
    return () => {
      this.#pauses -= 1
      if (this.#pauses === 0) this.#socket.resume()
    }
  }

  end(code: number, reason: string): void {
    this.#socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, MOST_REASON)
        .toString()
        .replace(/\ufffd+$/, ''),
    )
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  get #hasRoom(): boolean {
    return !this.#isOpen || this.#socket.bufferedAmount <= MOST_UNSENT
  }

  readonly #onSent = (): void => {
    if (this.#hasRoom) this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

type Address = { readonly id: string; readonly wish: ConnectionWish; readonly problem: string | undefined }

function readAddress(url: string): Address {
  const [path = '', query = ''] = url.split('?', 2)
  const id = sessionParams.safeParse({ id: decoded(path.slice(PLACE.length)) })
  const asked = connectQuery.safeParse(Object.fromEntries(new URLSearchParams(query)))
  if (!id.success || !asked.success) {
    const [issue] = (id.error ?? asked.error)!.issues
    const problem = `The address can’t be used: “${issue?.path.join('.') ?? ''}”: ${issue?.message ?? ''}.`
    return { id: '', wish: {}, problem }
  }
  const { greet, ...wish } = asked.data
  return {
    id: id.data.id,
    wish: { ...wish, ...(greet !== undefined && { greet: greet === 'true' }) },
    problem: undefined,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
