import { errorData, SeamError } from '#protocol/errors.ts'

/** What a stream gives: data, or bytes. */
export type StreamItem = Uint8Array | Readonly<Record<string, unknown>>

/** A call that answers again and again, until it ends or is aborted. */
export type SocketStream = (input: unknown, signal: AbortSignal) => AsyncIterable<StreamItem>

/** Streams open at once on one socket. */
export const MOST_STREAMS = 32
/** Bytes that may be sent before the reader asks for more, when it does not say. */
export const USUAL_WINDOW = 1 << 20
/** Bytes in one message. */
const PIECE = 1 << 18

/** How streams reach the far side. */
export interface Outlet {
  text(message: object): void
  bytes(message: Uint8Array): void
}

/**
 * The streams of one socket. Each has a credit in bytes: what is sent is taken from it, and `more` adds to it, so that a
 * reader that is busy holds up its own stream, and nobody's memory fills.
 */
export class SocketStreams {
  readonly #outlet: Outlet
  readonly #open = new Map<number, { readonly abort: AbortController; credit: number; wake: () => void }>()

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  start(id: number, stream: SocketStream, input: unknown, window = USUAL_WINDOW): void {
    if (this.#open.has(id)) return
    if (this.#open.size >= MOST_STREAMS) {
      const error = new SeamError('quota', `${MOST_STREAMS} streams are open on this socket. End one first.`)
      return this.#outlet.text({ rpc: 'fail', id, error: errorData(error) })
    }
    this.#open.set(id, { abort: new AbortController(), credit: window, wake: () => {} })
    void this.#pump(id, stream, input)
  }

  more(id: number, bytes: number): void {
    const open = this.#open.get(id)
    if (!open) return
    open.credit += bytes
    open.wake()
  }

  abort(id: number): void {
    const open = this.#open.get(id)
    this.#open.delete(id)
    open?.abort.abort(new SeamError('cancelled', 'The reader has gone.'))
    open?.wake()
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.abort(id)
  }

  async #pump(id: number, stream: SocketStream, input: unknown): Promise<void> {
    const { signal } = this.#open.get(id)!.abort
    try {
      for await (const item of stream(input, signal)) {
        if (!(await this.#send(id, item))) return
      }
      if (this.#open.has(id)) this.#outlet.text({ rpc: 'end', id })
    } catch (error) {
      if (this.#open.has(id)) this.#outlet.text({ rpc: 'fail', id, error: errorData(error) })
    } finally {
      this.#open.delete(id)
    }
  }

  /** @returns whether the stream is still wanted */
  async #send(id: number, item: StreamItem): Promise<boolean> {
    if (!(item instanceof Uint8Array)) {
      const message = { rpc: 'item', id, item }
      if (!(await this.#credit(id, JSON.stringify(message).length))) return false
      this.#outlet.text(message)
      return true
    }
    for (let at = 0; at < item.length; at += PIECE) {
      const piece = item.subarray(at, at + PIECE)
      if (!(await this.#credit(id, piece.length))) return false
      const message = Buffer.allocUnsafe(4 + piece.length)
      message.writeUInt32LE(id)
      message.set(piece, 4)
      this.#outlet.bytes(message)
    }
    return true
  }

  /** Waits until there is any credit, and takes `bytes` of it: a piece larger than the window must get through, too. */
  async #credit(id: number, bytes: number): Promise<boolean> {
    for (;;) {
      const open = this.#open.get(id)
      if (!open) return false
      if (open.credit > 0) {
        open.credit -= bytes
        return true
      }
      await new Promise<void>(resolve => (open.wake = resolve))
    }
  }
}
