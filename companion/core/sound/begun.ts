/**
 * The same items, once the first of them is there: what fails before it fails here. Undefined when there are none.
 * Leaving the result leaves the source.
 */
export async function begun<Item>(source: AsyncIterable<Item>): Promise<AsyncGenerator<Item> | undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return undefined
  return (async function* () {
    try {
      yield first.value
      for (;;) {
        const { done, value } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  })()
}
