/** Numbers below 2³² in a few bytes each: the sample sizes of a long book must not be a million objects. */
export class Numbers {
  #held = new Uint32Array(1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  push(value: number): void {
    if (this.#count === this.#held.length) {
      const larger = new Uint32Array(this.#held.length * 2)
      larger.set(this.#held)
      this.#held = larger
    }
    this.#held[this.#count++] = value
  }

  at(index: number): number {
    return this.#held[index] ?? 0
  }

  /** Big-endian, 4 bytes each. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#count * 4)
    const view = new DataView(bytes.buffer)
    for (let index = 0; index < this.#count; index++) view.setUint32(index * 4, this.at(index))
    return bytes
  }
}
