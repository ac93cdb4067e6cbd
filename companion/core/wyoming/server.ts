import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net'
import { SeamError } from '#protocol/errors.ts'
import { errorCode } from '../models/files.ts'
import { eventBytes } from './events.ts'
import { WyomingSession, type WyomingParts } from './session.ts'

export interface WyomingOptions extends WyomingParts {
  /** An address of this machine. */
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Milliseconds after which a client is sent away that neither says anything nor waits for something. */
  readonly idle?: number
}

export interface WyomingServer {
  /** `tcp://127.0.0.1:10300` */
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

/** Clients at a time; one more is told so, and sent away. */
export const MOST_CLIENTS = 32
const IDLE = 60_000

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/**
 * Speech and hearing for programs that speak the Wyoming protocol, such as Home Assistant. The protocol has no
 * authentication: whoever reaches the port may use it. @throws SeamError conflict, refused, bad-input (no such address)
 */
export async function startWyoming(options: WyomingOptions): Promise<WyomingServer> {
  const { host, port, idle = IDLE, ...parts } = options
  const sockets = new Set<Socket>()
  // A client that has said all it has to say may wait for the answer.
  const server = createServer({ allowHalfOpen: true }, socket => {
    if (sockets.size >= MOST_CLIENTS) {
      socket.on('error', () => undefined)
      const text = `${MOST_CLIENTS} clients are connected already. Try again later.`
      socket.end(eventBytes('error', { text, code: 'conflict' }), () => socket.destroy())
      return
    }
    sockets.add(socket)
    socket.setNoDelay(true)
    const session = new WyomingSession(socket, parts)
    socket.setTimeout(idle, () => {
      if (!session.isBusy) socket.destroy()
    })
    socket.once('close', () => sockets.delete(socket))
    void session.run()
  })
  const at = await listen(server, host, port)
  return {
    port: at.port,
    address: `tcp://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(refused(error, host, port)))
    server.listen({ host, port, exclusive: true }, () => resolve(server.address() as AddressInfo))
  })
}

function refused(error: Error, host: string, port: number): Error {
  const where = `${host} port ${port}`
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new SeamError('conflict', `Another program uses ${where}. Choose another port with --wyoming.`, {
        cause: error,
      })
    case 'EACCES':
      return new SeamError('refused', `This account may not use ${where}. Choose a port from 1024 with --wyoming.`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return new SeamError('bad-input', `${host} is no address of this machine: correct wyoming.host.`, {
        cause: error,
      })
  }
  return error
}
