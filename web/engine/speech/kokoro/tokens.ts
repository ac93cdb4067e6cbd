import { MAX_TOKENS } from './meta.ts'
import { VOCABULARY } from './vocabulary.ts'

export interface Tokens {
  /** int64 [1, n + 2]: a pad, the n symbols, a pad. */
  readonly ids: BigInt64Array<ArrayBuffer>
  /** For each of the n symbols, its offset in the phoneme string. Symbols that Kokoro does not know have none. */
  readonly offsets: readonly number[]
}

/** @param phonemes at most 510 known symbols; what exceeds them is an error of the chunker, and refused. */
export function tokenize(phonemes: string): Tokens {
  const ids: bigint[] = [0n]
  const offsets: number[] = []
  let offset = 0
  for (const symbol of phonemes) {
    const id = VOCABULARY.get(symbol)
    if (id !== undefined) {
      ids.push(BigInt(id))
      offsets.push(offset)
    }
    offset += symbol.length
  }
  if (offsets.length > MAX_TOKENS)
    throw new RangeError(`${offsets.length} phonemes in one chunk; ${MAX_TOKENS} is the most.`)
  ids.push(0n)
  return { ids: BigInt64Array.from(ids), offsets }
}

/** How many of the string's symbols Kokoro knows. */
export function countTokens(phonemes: string): number {
  let count = 0
  for (const symbol of phonemes) if (VOCABULARY.has(symbol)) count++
  return count
}
