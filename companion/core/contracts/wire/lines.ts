import { MAX_ATTACHMENT, MAX_LINE } from './limits.ts'

/** What makes the rest of a plugin's output meaningless: it has to be ended. */
export interface WireBreak {
  readonly failure: 'LINE_TOO_LARGE' | 'ATTACHMENT_TOO_LARGE' | 'NOT_UTF8' | 'TOO_MANY_FAULTS'
  /** Follows “The plugin”. */
  readonly words: string
}

/** What is made of the lines and of what stands behind them. */
export interface LineTaker {
  /** A line without its end. It is a view, to be read at once. @returns how many attachments follow it */
  line(bytes: Buffer): number
  /** The attachments that were announced, and how many bytes they hold together. */
  attached(buffers: readonly Uint8Array<ArrayBuffer>[], size: number): void
  broken(why: WireBreak): void
}

const LINE_FEED = 10
const RETURN = 13
const HEAD = 4
const FIRST_ROOM = 64 * 1024

/** Cuts what a plugin writes into lines and attachments, however it comes. What is too large is never gathered. */
export class LineCutter {
  readonly #taker: LineTaker
  readonly #head = Buffer.alloc(HEAD)
  #headFilled = 0
  /** A line whose end has not come: grown by doubling, so that single bytes cost no more than large pieces. */
  #room = Buffer.alloc(0)
  #gathered = 0
  #owed = 0
  #attachments: Uint8Array<ArrayBuffer>[] = []
  #attached = 0
  #open: Uint8Array<ArrayBuffer> | undefined
  #filled = 0
  #isBroken = false

  constructor(taker: LineTaker) {
    this.#taker = taker
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#isBroken;) {
      at = this.#owed > 0 ? this.#attach(chunk, at) : this.#gather(chunk, at)
    }
  }

  /** From now on everything is dropped. */
  stop(): void {
    this.#isBroken = true
    this.#room = Buffer.alloc(0)
    this.#attachments = []
    this.#open = undefined
  }

  #gather(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(LINE_FEED, at)
    const end = found < 0 ? chunk.length : found
    if (this.#gathered + end - at > MAX_LINE) {
      this.#break('LINE_TOO_LARGE', `wrote a line of more than ${MAX_LINE} bytes.`)
      return chunk.length
    }
    if (found < 0) {
      this.#keep(chunk.subarray(at))
      return chunk.length
    }
    if (this.#gathered === 0) this.#line(chunk.subarray(at, end))
    else {
      this.#keep(chunk.subarray(at, end))
      const line = this.#room.subarray(0, this.#gathered)
      this.#gathered = 0
      this.#room = Buffer.alloc(0)
      this.#line(line)
    }
    return end + 1
  }

  #keep(piece: Buffer): void {
    const need = this.#gathered + piece.length
    if (need > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.min(MAX_LINE, Math.max(FIRST_ROOM, 2 * need)))
      this.#room.copy(room, 0, 0, this.#gathered)
      this.#room = room
    }
    piece.copy(this.#room, this.#gathered)
    this.#gathered = need
  }

  #line(bytes: Buffer): void {
    const line = bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes
    this.#owed = this.#taker.line(line)
  }

  #attach(chunk: Buffer, from: number): number {
    let at = from
    if (!this.#open) {
      const taken = Math.min(HEAD - this.#headFilled, chunk.length - at)
      chunk.copy(this.#head, this.#headFilled, at, at + taken)
      this.#headFilled += taken
      at += taken
      if (this.#headFilled < HEAD) return at
      this.#headFilled = 0
      const size = this.#head.readUInt32LE()
      // Judged by what is announced: nothing is set aside for what will be refused.
      if (this.#attached + size > MAX_ATTACHMENT) {
        const words = `announced attachments of ${this.#attached + size} bytes for one message, more than ${MAX_ATTACHMENT}.`
        this.#break('ATTACHMENT_TOO_LARGE', words)
        return chunk.length
      }
      this.#open = Buffer.allocUnsafeSlow(size)
      this.#attached += size
      this.#filled = 0
    }
    const taken = Math.min(this.#open.length - this.#filled, chunk.length - at)
    chunk.copy(this.#open, this.#filled, at, at + taken)
    this.#filled += taken
    if (this.#filled === this.#open.length) this.#close(this.#open)
    return at + taken
  }

  #close(attachment: Uint8Array<ArrayBuffer>): void {
    this.#attachments.push(new Uint8Array(attachment.buffer))
    this.#open = undefined
    if (--this.#owed > 0) return
    const [buffers, size] = [this.#attachments, this.#attached]
    this.#attachments = []
    this.#attached = 0
    this.#taker.attached(buffers, size)
  }

  #break(failure: WireBreak['failure'], words: string): void {
    this.stop()
    this.#taker.broken({ failure, words })
  }
}
