import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Peer } from '#protocol/peer.ts'
import { connect } from '../rpc/peer.ts'
import type { SocketPort } from '../rpc/socket-port.ts'

interface Opened<Calls> {
  readonly port: SocketPort
  readonly peer: Peer<Calls>
}

/** Opens the socket; a new one when the last has closed. */
export type OpenSocket = () => SocketPort | Promise<SocketPort>

/** A socket to the companion that is opened when somebody needs it, and again after it closed. */
export class SocketLine<Calls> {
  readonly #open: OpenSocket
  #line: Promise<Opened<Calls>> | undefined

  constructor(open: OpenSocket) {
    this.#open = open
  }

  /**
   * What a stream of the companion gives.
   * @param went what is said when the companion goes away in the middle
   * @throws SeamError offline, or what the far side throws
   */
  async *stream<T>(begin: (far: Peer<Calls>) => AsyncIterable<T>, went: string): AsyncGenerator<T, void> {
    const { port, peer } = await this.#ready()
    try {
      yield* begin(peer)
    } catch (error) {
      // What the port says of a worker that died is said here of a companion that went away.
      if (port.open || toSeamError(error).code === 'cancelled') throw error
      throw new SeamError('offline', went, { cause: error })
    }
  }

  /** Opens the socket where it is not open. @throws SeamError offline */
  async open(): Promise<void> {
    await this.#ready()
  }

  close(): void {
    this.#line?.then(
      ({ peer }) => peer.close(),
      () => undefined,
    )
    this.#line = undefined
  }

  #ready(): Promise<Opened<Calls>> {
    return this.#link().catch((cause: unknown) => {
      throw new SeamError('offline', 'The companion can’t be reached by its socket.', { cause })
    })
  }

  /** The socket that is open, or being opened, else a new one. */
  #link(): Promise<Opened<Calls>> {
    return (this.#line ??= this.#begin())
  }

  #begin(): Promise<Opened<Calls>> {
    const begun = this.#opened()
    const forget = () => void (this.#line === begun && (this.#line = undefined))
    begun.then(({ port }) => port.addEventListener('close', forget), forget)
    return begun
  }

  async #opened(): Promise<Opened<Calls>> {
    const port = await this.#open()
    return { port, peer: connect<Calls>(port) }
  }
}
