/** The last part of a stream of samples, addressed by their positions in the whole. */
export class SoundTail {
  #buffer: Float32Array<ArrayBuffer>
  /** Where in the buffer the kept samples lie, and the position of the first of them. */
  #at = 0
  #length = 0
  #first = 0

  /** @param room samples that it begins with room for; it grows when more are kept */
  constructor(room: number) {
    this.#buffer = new Float32Array(room)
  }

  /** The position after the last sample. */
  get end(): number {
    return this.#first + this.#length
  }

  /** Samples that there is memory for. */
  get room(): number {
    return this.#buffer.length
  }

  append(samples: Float32Array): void {
    const wanted = this.#length + samples.length
    if (this.#at + wanted > this.#buffer.length) {
      // Moving is cheap as long as half of the buffer is free: it comes once for each half that went by.
      const target = 2 * wanted > this.#buffer.length ? new Float32Array(2 * wanted) : this.#buffer
      target.set(this.#buffer.subarray(this.#at, this.#at + this.#length))
      this.#buffer = target
      this.#at = 0
    }
    this.#buffer.set(samples, this.#at + this.#length)
    this.#length = wanted
  }

  /** A copy of what lies between two positions, as far as it is kept. */
  slice(from: number, to: number): Float32Array<ArrayBuffer> {
    const start = this.#at - this.#first
    return this.#buffer.slice(
      start + Math.max(from, this.#first),
      start + Math.max(this.#first, Math.min(to, this.end)),
    )
  }

  /** What lies before `position` is not needed any longer. */
  forget(position: number): void {
    const count = Math.max(0, Math.min(position - this.#first, this.#length))
    this.#at += count
    this.#first += count
    this.#length -= count
  }
}
