import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Guard } from './guard.ts'

/** Milliseconds between two questions whether somebody is still there. */
const BEAT = 30_000

/** What answers at an address of its own. */
export interface SocketPlace {
  /** @param path without the query; a stranger’s to choose, and perhaps no address at all */
  serves(path: string): boolean
  /** Who asks may connect. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void
  /** Ends every socket. */
  close(): void
}

/** Judges every upgrade before anything else looks at it, and hands it on to the place that it asks for. */
export function openSockets(server: Server, guard: Guard, places: readonly SocketPlace[]): void {
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const url = request.url ?? '/'
    // First: what stands before the query is a stranger's to choose, and need not even be an address.
    const place = places.find(each => each.serves(url.split('?', 1)[0]!))
    if (!place) return refuse(stream, 404, 'There is no socket at this address.')
    const { status, message } = guard.socket({ method: 'GET', url, headers: request.headers })
    if (status !== 200) return refuse(stream, status, message)
    place.accept(request, stream, head)
  })
}

/** Lets go of whoever does not answer any more. @returns an end to it */
export function keepAlive(sockets: WebSocketServer): () => void {
  const quiet = new WeakSet<WebSocket>()
  const beat = setInterval(() => {
    for (const socket of sockets.clients) {
      // Nothing is read from one that waits, its answer neither.
      if (socket.isPaused) continue
      if (quiet.has(socket)) socket.terminate()
      else {
        quiet.add(socket)
        socket.once('pong', () => quiet.delete(socket))
        socket.ping()
      }
    }
  }, BEAT)
  beat.unref()
  return () => clearInterval(beat)
}

/** Nobody stays: those who do not hang up by themselves are cut off. */
export function closeSockets(sockets: WebSocketServer): void {
  for (const socket of sockets.clients) socket.close(1001)
  sockets.close()
  setTimeout(() => sockets.clients.forEach(socket => socket.terminate()), 500).unref()
}

export function refuse(stream: Duplex, status: number, message: string): void {
  const body = `${message}\n`
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
