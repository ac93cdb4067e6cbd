/** A generator of numbers that gives the same ones again for the same seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A whole number of 0 … `limit` − 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit)
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/** Numbers at which something changes. */
const EDGES = [0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 1000, 3600, 4095, 4096, 4097, 65_535, 65_536]
const NUMBERS = [
  ...EDGES,
  65_537,
  8_388_608,
  8_388_609,
  0x7fff_ffff,
  0x8000_0000,
  0x8001_0000,
  0x8001_0001,
  0xffff_ffff,
]
const DIGITS = [...NUMBERS.map(String), '-1', '0.5', '-0.0', '1e999', '9007199254740993', '1_000']

/** Makes new inputs of old ones. */
export class Mutator {
  readonly #random: Random
  readonly #words: readonly (readonly Uint8Array[])[]
  readonly #most: number

  /** @param words lists of words, of which one is as likely as another @param most bytes of an input */
  constructor(random: Random, words: readonly (readonly Uint8Array[])[], most: number) {
    this.#random = random
    this.#words = words
    this.#most = most
  }

  /** @param other another input, parts of which may come in */
  mutate(data: Uint8Array, other: Uint8Array): Uint8Array {
    let now = data
    do now = this.#once(now, other)
    while (this.#random.below(3) > 0)
    return now.length > this.#most ? now.subarray(0, this.#most) : now
  }

  #once(data: Uint8Array, other: Uint8Array): Uint8Array {
    const random = this.#random
    const [at, length] = this.#span(data)
    switch (random.below(15)) {
      case 0:
        return this.#poked(data, byte => byte ^ (1 << random.below(8)))
      case 1:
        return this.#poked(data, () => random.below(256))
      case 2:
        return this.#poked(data, byte => byte + random.below(17) - 8)
      case 3:
        return spliced(
          data,
          at,
          0,
          Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(256)),
        )
      case 4:
        return spliced(data, at, length, new Uint8Array())
      case 5:
        return spliced(data, this.#span(data)[0], 0, data.subarray(at, at + length))
      case 6:
        return spliced(data, at, random.below(2) * length, this.#pieceOf(other))
      case 7:
      case 8:
        return this.#words.length === 0 ? data : spliced(data, at, 0, this.#word())
      case 9:
        return this.#words.length === 0 ? data : spliced(data, at, length, this.#word())
      case 10:
        return this.#renumbered(data)
      case 11:
      case 12:
        return this.#revalued(data)
      case 13: {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32LE(random.of(NUMBERS))
        return spliced(data, at, random.below(2) * 4, bytes)
      }
      default: {
        const piece = data.subarray(at, at + length)
        const times = Math.min(1 << random.below(8), Math.ceil(this.#most / Math.max(1, piece.length)))
        return spliced(data, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)))
      }
    }
  }

  /** Where a part begins and how long it is: any bytes, or whole lines. */
  #span(data: Uint8Array): [number, number] {
    const random = this.#random
    const at = random.below(data.length + 1)
    const length = random.below(1 + Math.min(data.length - at, random.of([4, 32, 256, data.length])))
    if (random.below(2) === 0) return [at, length]
    const start = data.lastIndexOf(0x0a, at - 1) + 1
    const end = data.indexOf(0x0a, at + length)
    return [start, (end < 0 ? data.length : end + 1) - start]
  }

  #word(): Uint8Array {
    return this.#random.of(this.#random.of(this.#words))
  }

  #pieceOf(data: Uint8Array): Uint8Array {
    const [at, length] = this.#span(data)
    return data.subarray(at, at + length)
  }

  #poked(data: Uint8Array, change: (byte: number) => number): Uint8Array {
    const copy = Uint8Array.from(data)
    const at = this.#random.below(copy.length)
    if (copy.length > 0) copy[at] = change(copy[at]!)
    return copy
  }

  /** What follows one “=” as a word, to the end of the line. */
  #revalued(data: Uint8Array): Uint8Array {
    const equals = data.indexOf(0x3d, this.#random.below(data.length + 1))
    if (equals < 0 || this.#words.length === 0) return data
    const line = data.indexOf(0x0a, equals)
    const end = line < 0 ? data.length : line
    return spliced(data, equals + 1, end - equals - 1, this.#word())
  }

  /** One number in the text as another. */
  #renumbered(data: Uint8Array): Uint8Array {
    const from = this.#random.below(data.length + 1)
    const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39
    let start = from
    while (start < data.length && !isDigit(data[start])) start++
    let end = start
    while (isDigit(data[end])) end++
    return spliced(data, start, end - start, Buffer.from(this.#random.of(DIGITS)))
  }
}

const spliced = (data: Uint8Array, at: number, removed: number, inserted: Uint8Array) =>
  Buffer.concat([data.subarray(0, at), inserted, data.subarray(at + removed)])
