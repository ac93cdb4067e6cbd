import { withoutLoop } from './looping.ts'
import { repeated } from './overlap.ts'
import { bare, endOf, joinPieces, startOf, type Piece } from './pieces.ts'

/** Seconds of sound that a reading takes in before its first word, as far as there is silence. */
const LEAD = 0.1
/** Words that have to follow one without times before it is committed: the first sounds of a sentence mislead most. */
const FOLLOWERS = 3

/**
 * The text of one utterance while it is read again and again, each time with more sound. What two readings in a row agree
 * on is committed and never changes again (local agreement: Macháček et al., 2023); the last word of a reading is not,
 * because its sound may have been cut off.
 */
export class StableText {
  readonly #committed: Piece[]
  /** What the last reading said after the committed pieces. */
  #rest: readonly Piece[] = []
  /** How many committed pieces, at the end, the next reading hears again. */
  #again: number

  /** @param said text that was committed earlier, by somebody else */
  constructor(said = '') {
    this.#committed = said.split(/\s+/).flatMap(text => (text ? [{ text, words: [] }] : []))
    this.#again = this.#committed.length
  }

  /** Whether anything is committed. */
  get committed(): boolean {
    return this.#committed.length > 0
  }

  /** Seconds from the start of the sound to the end of what is committed, as far as times are known. */
  get end(): number | undefined {
    return endOf(this.#committed.at(-1))
  }

  /** A reading that another one will follow. @param sure seconds from the start of the sound to where words may be kept */
  take(reading: readonly Piece[], sure = Number.POSITIVE_INFINITY): void {
    const rest = this.#after(withoutLoop(reading))
    const most = Math.min(this.#rest.length, rest.length) - 1
    let agreed = 0
    while (agreed < most && bare(this.#rest[agreed]!) === bare(rest[agreed]!)) {
      if ((endOf(rest[agreed]) ?? 0) > sure) break
      agreed++
    }
    if (agreed > 0 && endOf(rest[agreed - 1]) === undefined) agreed = Math.max(0, agreed - FOLLOWERS)
    this.#commit(rest.slice(0, agreed))
    this.#rest = rest.slice(agreed)
  }

  /** The last reading. */
  finish(reading: readonly Piece[]): void {
    this.#commit(this.#after(reading))
    this.#rest = []
  }

  /**
   * Lets the next reading begin as late as it may: at a committed word, with `overlap` seconds of committed words in it.
   * @returns seconds from the start of the sound; undefined when it has to begin where the last one did
   */
  advance(overlap: number): number | undefined {
    const end = endOf(this.#committed.at(-1))
    if (end === undefined) return undefined
    for (let at = this.#committed.length - 1; at > this.#committed.length - this.#again; at--) {
      const start = startOf(this.#committed[at])
      if (start === undefined) return undefined
      if (end - start < overlap) continue
      const before = endOf(this.#committed[at - 1])
      this.#again = this.#committed.length - at
      return Math.min(start, Math.max(before ?? 0, start - LEAD))
    }
    return undefined
  }

  /** The text now, and how much of it is committed. */
  get caption(): ReturnType<typeof joinPieces> & { readonly stable: number } {
    const { text: committed } = joinPieces(this.#committed)
    return { ...joinPieces([...this.#committed, ...this.#rest]), stable: committed.length }
  }

  #after(reading: readonly Piece[]): readonly Piece[] {
    const said = this.#committed.slice(this.#committed.length - this.#again)
    return reading.slice(repeated(said, reading))
  }

  #commit(pieces: readonly Piece[]): void {
    this.#committed.push(...pieces)
    this.#again += pieces.length
  }
}
