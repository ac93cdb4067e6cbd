/**
 * `items`, until they end or `signal` aborts, which throws its reason at once, even while the next item is waited for. A
 * microphone gives items for hours: nothing is left behind for each of them.
 */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const iterator = items[Symbol.asyncIterator]()
  let give: ((reason: unknown) => void) | undefined
  const onAbort = () => give?.(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let over = false
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        give = reject
        iterator.next().then(resolve, (error: unknown) => {
          over = true
          reject(error)
        })
      })
      if (next.done) {
        over = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not awaited: a source in the middle of waiting for sound ends when that has come.
    if (!over) void iterator.return?.()?.catch(() => undefined)
  }
}
