import type { Port } from './port.ts'

/** Bytes that the far side may send of a stream before its reader took any. */
const WINDOW = 1 << 20

interface Outgoing {
  readonly rpc: string
  readonly id: number
}

/**
 * The companion's socket as a port. Messages are JSON, and a binary message is an item of the stream whose id its first
 * four bytes name (little-endian): a Uint8Array. Streams are held up by bytes there and by items here, so what an item
 * took is given back when the reader asks for the next.
 */
export class SocketPort extends EventTarget implements Port {
  readonly #socket: WebSocket
  readonly #early: string[] = []
  /** Bytes of the items of each stream that nobody has taken, oldest first. */
  readonly #sizes = new Map<number, number[]>()
  #open = true

  constructor(url: string | URL, make: (url: string | URL) => WebSocket = address => new WebSocket(address)) {
    super()
    this.#socket = make(url)
    this.#socket.binaryType = 'arraybuffer'
    this.#socket.addEventListener('open', () => {
      for (const message of this.#early.splice(0)) this.#socket.send(message)
    })
    this.#socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => this.#hear(data))
    this.#socket.addEventListener('close', () => this.#over())
  }

  /** False once the far side has gone, or nobody was there. */
  get open(): boolean {
    return this.#open
  }

  postMessage(message: unknown): void {
    if (!this.#open) return
    const text = JSON.stringify(this.#inBytes(message as Outgoing))
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#early.push(text)
    else this.#socket.send(text)
  }

  close(): void {
    this.#socket.close()
    this.#over()
  }

  #over(): void {
    if (!this.#open) return
    this.#open = false
    this.#early.length = 0
    this.#sizes.clear()
    this.dispatchEvent(new Event('close'))
  }

  /** Credit as the companion counts it. */
  #inBytes(message: Outgoing): Outgoing {
    const { rpc, id } = message
    if (rpc === 'open') {
      this.#sizes.set(id, [])
      return { ...message, window: WINDOW } as Outgoing
    }
    if (rpc === 'abort') this.#sizes.delete(id)
    return rpc === 'more' ? ({ ...message, bytes: this.#sizes.get(id)?.shift() ?? 0 } as Outgoing) : message
  }

  #hear(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      if (data.byteLength < 4) return
      const id = new DataView(data).getUint32(0, true)
      return this.#tell({ rpc: 'item', id, item: new Uint8Array(data, 4) }, data.byteLength - 4)
    }
    try {
      this.#tell(JSON.parse(data) as Outgoing, data.length)
    } catch {
      // Not of this protocol: whoever waits is told when the socket closes.
    }
  }

  #tell(message: Outgoing & { readonly item?: unknown }, bytes: number): void {
    if (message.rpc === 'item') this.#sizes.get(message.id)?.push(bytes)
    else if (message.rpc === 'end' || message.rpc === 'fail') this.#sizes.delete(message.id)
    this.dispatchEvent(new MessageEvent('message', { data: message }))
  }
}
