/** Bytes before the first object: the reference to the root, and the file's identifier. */
const HEADER = 8
/** Weights keep the alignment that they had. */
const ALIGNMENT = 64

/**
 * Reads a FlatBuffer where it lies. Positions are bytes from its start.
 * https://flatbuffers.dev/internals
 */
export class FlatBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get root(): number {
    return this.follow(0)
  }

  /** The object that the reference at `at` points to. */
  follow(at: number): number {
    return at + this.view.getUint32(at, true)
  }

  vtable(table: number): number {
    return table - this.view.getInt32(table, true)
  }

  /** Where a table's field lies, counted from the table; 0 when it is absent. */
  offset(table: number, field: number): number {
    const vtable = this.vtable(table)
    const at = 4 + 2 * field
    return at < this.view.getUint16(vtable, true) ? this.view.getUint16(vtable + at, true) : 0
  }

  /** The object that a table's field refers to; undefined when it is absent. */
  child(table: number, field: number): number | undefined {
    const offset = this.offset(table, field)
    return offset === 0 ? undefined : this.follow(table + offset)
  }

  /** The objects that a field's vector refers to. */
  children(table: number, field: number): number[] {
    const vector = this.child(table, field)
    if (vector === undefined) return []
    return Array.from({ length: this.view.getUint32(vector, true) }, (_, i) => this.follow(vector + 4 + 4 * i))
  }

  text(string: number): string {
    return new TextDecoder().decode(this.bytes.subarray(string + 4, string + 4 + this.view.getUint32(string, true)))
  }
}

/**
 * Puts objects in front of those of a FlatBuffer. References point forward alone, so what stands in front may refer to
 * everything, and nothing behind it has to change. Positions go on below those of the source.
 */
export class Front {
  readonly #source: FlatBuffer
  readonly #pieces: { readonly at: number; readonly bytes: Uint8Array }[] = []
  #start = HEADER

  constructor(source: FlatBuffer) {
    this.#source = source
  }

  /** A vector of references to `targets`. */
  vector(targets: readonly number[]): number {
    const { at, view } = this.#place(4 + 4 * targets.length, 0)
    view.setUint32(0, targets.length, true)
    targets.forEach((target, i) => view.setUint32(4 + 4 * i, target - (at + 4 + 4 * i), true))
    return at
  }

  /**
   * A copy of a table that shares all that it refers to with the original, but for `replaced`.
   *
   * @param references the fields that are references
   */
  table(original: number, references: readonly number[], replaced: ReadonlyMap<number, number>): number {
    const source = this.#source
    const vtable = source.vtable(original)
    const size = source.view.getUint16(vtable + 2, true)
    const { at, view, bytes } = this.#place(size, original)
    bytes.set(source.bytes.subarray(original, original + size))
    view.setInt32(0, at - vtable, true)
    for (const field of references) {
      const offset = source.offset(original, field)
      const target = replaced.get(field) ?? source.child(original, field)
      if (target === undefined) continue
      if (offset === 0) throw new RangeError(`The table at ${original} has no field ${field} to be replaced.`)
      view.setUint32(offset, target - (at + offset), true)
    }
    return at
  }

  /** The whole buffer, with `root` as its root. */
  finish(root: number): Uint8Array<ArrayBuffer> {
    const shift = Math.ceil((HEADER - this.#start) / ALIGNMENT) * ALIGNMENT
    const source = this.#source.bytes
    const whole = new Uint8Array(source.length + shift)
    whole.set(source.subarray(0, HEADER))
    whole.set(source.subarray(HEADER), HEADER + shift)
    for (const { at, bytes } of this.#pieces) whole.set(bytes, at + shift)
    new DataView(whole.buffer).setUint32(0, root + shift, true)
    return whole
  }

  /** Room for an object below all others, as far from a multiple of eight as `like` is. */
  #place(size: number, like: number) {
    let at = this.#start - size
    at -= (((at - like) % 8) + 8) % 8
    this.#start = at
    const bytes = new Uint8Array(size)
    this.#pieces.push({ at, bytes })
    return { at, bytes, view: new DataView(bytes.buffer) }
  }
}
