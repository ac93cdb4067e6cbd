/** Limits of docs/plugin-protocol.md, 9: bytes of content. */
export const MAX_PAYLOAD = 8_388_608
export const MAX_CONTROL = 65_536
export const MAX_HANDSHAKE = 1_048_576

const HEADER_BYTES = 4
const CONTROL_BIT = 0x8000_0000

/** What stands before a frame's content: its length, and whether it is a control frame. */
export function frameHeader(length: number, control = false): Buffer {
  const limit = control ? MAX_CONTROL : MAX_PAYLOAD
  if (length > limit) throw new RangeError(`A frame of ${length} bytes is over the limit of ${limit}.`)
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32LE(control ? length + CONTROL_BIT : length)
  return header
}

/** A whole frame in one piece. */
export function frame(content: Uint8Array | string, control = false): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return Buffer.concat([frameHeader(bytes.length, control), bytes])
}

/** Content of a frame as it arrives. The pieces of a frame are its content, and `last` is true of the last alone. */
export interface FramePiece {
  readonly control: boolean
  readonly bytes: Buffer
  readonly last: boolean
}

/** A header that the other side must not send. */
export class FrameFault extends Error {
  override readonly name = 'FrameFault'
}

/** Takes frames apart as they come, in slices of any size, without collecting them. */
export class FrameParser {
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerHas = 0
  #left = 0
  #control = false

  /** Whether the bytes so far end inside a frame. */
  get insideFrame(): boolean {
    return this.#headerHas > 0 || this.#left > 0
  }

  /** @throws FrameFault */
  *feed(chunk: Buffer): Generator<FramePiece> {
    let at = 0
    while (at < chunk.length) {
      if (this.#left > 0) {
        const bytes = chunk.subarray(at, at + Math.min(this.#left, chunk.length - at))
        at += bytes.length
        this.#left -= bytes.length
        yield { control: this.#control, bytes, last: this.#left === 0 }
        continue
      }
      const take = Math.min(HEADER_BYTES - this.#headerHas, chunk.length - at)
      chunk.copy(this.#header, this.#headerHas, at, at + take)
      this.#headerHas += take
      at += take
      if (this.#headerHas < HEADER_BYTES) return
      this.#headerHas = 0
      const value = this.#header.readUInt32LE()
      this.#control = value >= CONTROL_BIT
      this.#left = this.#control ? value - CONTROL_BIT : value
      if (this.#left > (this.#control ? MAX_CONTROL : MAX_PAYLOAD)) {
        throw new FrameFault(`A frame of ${this.#left} bytes was announced, which is over the limit.`)
      }
      if (this.#left === 0) yield { control: this.#control, bytes: Buffer.alloc(0), last: true }
    }
  }
}
