import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { errorData, SeamError } from '#protocol/errors.ts'
import { closeSockets, keepAlive, type SocketPlace } from './socket-door.ts'
import type { SocketCalls, SocketOffers } from './socket-offers.ts'
import { SocketStreams, type SocketStream } from './socket-streams.ts'

/** Bytes of one message; more closes the connection with 1009. */
export const MESSAGE_LIMIT = 1 << 20

/**
 * `GET /ws`: JSON messages of the shape that every peer speaks, `{ rpc: 'call', id, name, input }` answered by
 * `{ rpc: 'done', id, output }` or `{ rpc: 'fail', id, error }`. Who may connect is judged before the upgrade.
 */
export class SocketHub implements SocketPlace {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT, perMessageDeflate: false })
  readonly #calls: SocketCalls
  readonly #streams: SocketOffers
  readonly #rest: () => void

  constructor(calls: SocketCalls, streams: SocketOffers) {
    this.#calls = calls
    this.#streams = streams
    this.#rest = keepAlive(this.#sockets)
  }

  serves(path: string): boolean {
    return path === '/ws'
  }

  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, stream, head, socket => this.#serve(socket))
  }

  close(): void {
    this.#rest()
    closeSockets(this.#sockets)
  }

  #serve(socket: WebSocket): void {
    const isOpen = () => socket.readyState === socket.OPEN
    const streams = new SocketStreams({
      text: message => isOpen() && socket.send(JSON.stringify(message)),
      bytes: message => isOpen() && socket.send(message),
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => streams.close())
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : parseCall(String(data))
      if (!message) return socket.close(1003, 'Not a message of this protocol.')
      const { rpc, id, name, input, bytes } = message
      if (rpc === 'bye') return socket.close(1000)
      if (rpc === 'more') return streams.more(id, bytes ?? 0)
      if (rpc === 'abort') return streams.abort(id)
      if (rpc === 'open') {
        const stream = Object.hasOwn(this.#streams, name) ? this.#streams[name]!.open : unknownStream(name)
        return streams.start(id, stream, input, bytes)
      }
      if (rpc !== 'call') return
      void this.#answer(message.name, message.input).then(answer => {
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ ...answer, id: message.id }))
      })
    })
  }

  async #answer(name: string, input: unknown): Promise<object> {
    try {
      if (!Object.hasOwn(this.#calls, name))
        throw new SeamError('unsupported', `The companion offers no “${name.slice(0, 80)}”.`)
      return { rpc: 'done', output: await this.#calls[name]!.answer(input) }
    } catch (error) {
      return { rpc: 'fail', error: errorData(error) }
    }
  }
}

interface Message {
  readonly rpc: string
  readonly id: number
  readonly name: string
  readonly input: unknown
  /** Credit: of `open` its first (`window`), of `more` what is added. */
  readonly bytes: number | undefined
}

const unknownStream =
  (name: string): SocketStream =>
  () => ({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        Promise.reject(new SeamError('unsupported', `The companion offers no stream “${name.slice(0, 80)}”.`)),
    }),
  })

function parseCall(text: string): Message | undefined {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!data || typeof data !== 'object' || !('rpc' in data) || typeof data.rpc !== 'string') return undefined
  if (!('id' in data) || !Number.isSafeInteger(data.id)) return undefined
  const name = 'name' in data && typeof data.name === 'string' ? data.name : ''
  const credit = 'window' in data ? data.window : 'bytes' in data ? data.bytes : undefined
  const bytes = Number.isSafeInteger(credit) && (credit as number) > 0 ? (credit as number) : undefined
  return { rpc: data.rpc, id: data.id as number, name, input: 'input' in data ? data.input : undefined, bytes }
}
