/**
 * Works on several items at the same time and gives the results in the items' order. The source is read while the first
 * result is still awaited, but never more than `ahead` items before what was given.
 */
export async function* inOrder<T, R>(source: AsyncIterable<T>, ahead: number, work: (item: T) => R): AsyncGenerator<R> {
  const begun: R[] = []
  let over = false
  let stopped = false
  let wake: () => void = () => undefined
  let room: () => void = () => undefined
  const reading = (async () => {
    for await (const item of source) {
      if (stopped) return
      begun.push(work(item))
      wake()
      while (begun.length >= ahead && !stopped) await new Promise<void>(resolve => (room = resolve))
    }
  })().finally(() => {
    over = true
    wake()
  })
  // Told below, in its turn.
  reading.catch(() => undefined)
  try {
    for (;;) {
      if (begun.length > 0) {
        yield begun[0]!
        begun.shift()
        room()
      } else if (over) return await reading
      else await new Promise<void>(resolve => (wake = resolve))
    }
  } finally {
    stopped = true
    room()
  }
}
