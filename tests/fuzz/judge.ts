import { isDeepStrictEqual } from 'node:util'

/** What one call may take, microseconds of processor time: a busy machine makes nothing a finding. */
const MAX_TIME = 1_000_000
/** Characters of what is said about an input, however large that is. */
const MAX_MESSAGE = 20_000

/**
 * Does what is under test, in bounded time.
 * @param isRefusal whether an error is one that the parser promises
 * @returns undefined when the input was refused, in words
 * @throws whatever else came of it, which is a finding
 */
export function judged<T>(work: () => T, isRefusal: (error: Error) => boolean): T | undefined {
  const before = process.threadCpuUsage()
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || !isRefusal(error)) throw error
    if (error.message.trim() === '') throw new Error('It was refused without a word.', { cause: error })
    if (error.message.length > MAX_MESSAGE) {
      throw new Error(`It was refused in ${error.message.length} characters.`, { cause: error })
    }
    return undefined
  } finally {
    const { user, system } = process.threadCpuUsage(before)
    // A finding counts more than the refusal that it replaces.
    // eslint-disable-next-line no-unsafe-finally
    if (user + system > MAX_TIME) throw new Error(`It took ${Math.round((user + system) / 1000)} ms.`)
  }
}

/** @throws Error with both, when they differ */
export function same(what: string, one: unknown, other: unknown): void {
  // Tables of a parser have no prototype; clones are all alike.
  if (isDeepStrictEqual(structuredClone(one), structuredClone(other))) return
  throw new Error(`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`)
}

/** @throws Error */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence)
}
