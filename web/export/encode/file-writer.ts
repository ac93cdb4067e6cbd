import type { ByteSink } from './types.ts'

/** How much is gathered before it is handed on, bytes. */
export const GATHER_BYTES = 256 * 1024

/** Writes a file from its beginning on, gathering small pieces, and goes back to patch what could not be known. */
export class FileWriter {
  readonly #sink: ByteSink
  #gathered = new Uint8Array(GATHER_BYTES)
  #count = 0
  #written = 0

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  /** Where the next byte goes: the length so far. */
  get position(): number {
    return this.#written + this.#count
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + GATHER_BYTES - this.#count)
      this.#gathered.set(part, this.#count)
      this.#count += part.length
      at += part.length
      if (this.#count === GATHER_BYTES) await this.flush()
    }
  }

  /** Overwrites what was written before. */
  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await this.flush()
    await this.#sink.write(position, new Uint8Array(bytes))
  }

  async flush(): Promise<void> {
    if (this.#count === 0) return
    const data = this.#gathered.slice(0, this.#count)
    const at = this.#written
    this.#written += this.#count
    this.#count = 0
    await this.#sink.write(at, data)
  }
}
