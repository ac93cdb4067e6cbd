import type { Socket } from 'node:net'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { eventBytes } from './events.ts'

/** What a client is told. */
export class EventLine {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** A client that reads slowly slows down what is made for it. @throws SeamError cancelled, when it has left */
  async send(type: string, data?: Readonly<Record<string, unknown>>, payload?: Uint8Array): Promise<void> {
    const socket = this.#socket
    if (!socket.writable) throw new SeamError('cancelled', 'The client has left.')
    if (socket.write(eventBytes(type, data, payload))) return
    await new Promise<void>(resolve => {
      const go = () => {
        socket.off('drain', go).off('close', go)
        resolve()
      }
      socket.on('drain', go).on('close', go)
    })
  }

  /** A client that waits for an answer which never comes would wait for ever: it is told, and the line is cut. */
  async fail(error: unknown): Promise<void> {
    const { code, message } = toSeamError(error)
    if (!this.#socket.writable) return
    await new Promise<void>(resolve => this.#socket.end(eventBytes('error', { text: message, code }), () => resolve()))
    this.#socket.destroy()
  }
}
