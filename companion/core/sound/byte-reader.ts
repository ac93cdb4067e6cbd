import { SeamError } from '#protocol/errors.ts'

const LINE_END = 0x0a

/** Reads a stream of bytes in parts of given lengths. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  /** What came and was not taken: the first piece from `#at` on. */
  #piece: Uint8Array = new Uint8Array(0)
  #at = 0
  #over = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Just so many bytes; fewer only where the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    let have = 0
    while (have < length && (await this.#fill())) {
      const part = this.#piece.subarray(this.#at, this.#at + length - have)
      this.#at += part.length
      have += part.length
      parts.push(part)
    }
    return Buffer.concat(parts)
  }

  /**
   * Up to the next line's end, which is taken and not given; undefined where the stream ends before there is one.
   * @throws SeamError bad-input when it is longer than `limit` bytes
   */
  async line(limit: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = []
    let have = 0
    while (await this.#fill()) {
      const end = this.#piece.indexOf(LINE_END, this.#at)
      const part = this.#piece.subarray(this.#at, end < 0 ? undefined : end)
      this.#at += part.length + (end < 0 ? 0 : 1)
      have += part.length
      if (have > limit) throw new SeamError('bad-input', `A line is longer than ${limit} bytes.`)
      parts.push(part)
      if (end >= 0) return Buffer.concat(parts)
    }
    return undefined
  }

  /** Passes over bytes, however many, without holding them. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0 && (await this.#fill());) {
      const step = Math.min(left, this.#piece.length - this.#at)
      this.#at += step
      left -= step
    }
  }

  /** What comes next, at most `length` bytes in all, in pieces as they come. */
  async *upTo(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0 && (await this.#fill());) {
      const part = this.#piece.subarray(this.#at, this.#at + left)
      this.#at += part.length
      left -= part.length
      yield part
    }
  }

  /** Whoever makes the bytes may stop. */
  async close(): Promise<void> {
    this.#over = true
    await this.#source.return?.()
  }

  /** @returns whether there is a byte */
  async #fill(): Promise<boolean> {
    while (this.#at === this.#piece.length) {
      if (this.#over) return false
      const { done, value } = await this.#source.next()
      if (done) {
        this.#over = true
        return false
      }
      this.#piece = value
      this.#at = 0
    }
    return true
  }
}
