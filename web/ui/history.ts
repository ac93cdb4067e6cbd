/** Steps back and forward through values that are never changed in place. */
export interface History<Value> {
  readonly present: Value
  readonly canUndo: boolean
  readonly canRedo: boolean
  /**
   * A new present. Changes that carry the same `tag` and follow each other within a second are one step, so that a
   * word typed is undone as a word.
   */
  push(next: Value, tag?: string): void
  /** @returns the present after the step, or undefined when there was none to take */
  undo(): Value | undefined
  redo(): Value | undefined
}

const TOGETHER_MS = 1000
/** A burst of typing without a pause still ends here, so that one undo never takes a page. */
const LONGEST_BURST_MS = 8000

export function createHistory<Value>(
  start: Value,
  { depth = 300, now = () => performance.now() }: { depth?: number; now?: () => number } = {},
): History<Value> {
  let present = start
  let past: Value[] = []
  let future: Value[] = []
  let lastTag: string | undefined
  let lastAt = -Infinity
  let burstAt = -Infinity

  return {
    get present() {
      return present
    },
    get canUndo() {
      return past.length > 0
    },
    get canRedo() {
      return future.length > 0
    },
    push(next, tag) {
      if (next === present) return
      const time = now()
      const together = tag !== undefined && tag === lastTag && time - lastAt < TOGETHER_MS
      if (!together || time - burstAt > LONGEST_BURST_MS || past.length === 0) {
        past.push(present)
        if (past.length > depth) past = past.slice(-depth)
        burstAt = time
      }
      present = next
      future = []
      lastTag = tag
      lastAt = time
    },
    undo() {
      const previous = past.pop()
      if (previous === undefined) return undefined
      future.push(present)
      present = previous
      lastTag = undefined
      return present
    },
    redo() {
      const next = future.pop()
      if (next === undefined) return undefined
      past.push(present)
      present = next
      lastTag = undefined
      return present
    },
  }
}
