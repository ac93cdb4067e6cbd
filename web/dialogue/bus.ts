import type { DialogueEvent, EventsDropped } from '#protocol/dialogue.ts'

/** Events that may wait for one reader. */
export const EVENT_QUEUE = 256

/** A later event of the same kind tells more: these are the first to go. */
const SUPERSEDED = (event: DialogueEvent): boolean =>
  event.type === 'Thinking' || event.type === 'ReplyText' || (event.type === 'Transcription' && !event.isFinal)

/**
 * Hands every event to every reader, and never waits for one. A reader who is more than EVENT_QUEUE events behind loses
 * the oldest that a later one makes up for (partial transcriptions, pieces of text that come again as a whole in
 * ReplyComplete, Thinking), then the oldest of all; EventsDropped tells how many, before the next one that is left.
 */
export class EventBus {
  readonly #readers = new Set<Reader>()

  publish(event: DialogueEvent): void {
    for (const reader of this.#readers) reader.push(event)
  }

  /** Everything from this call on. Leaving the loop ends it, and so does `close`. */
  subscribe(): AsyncIterableIterator<DialogueEvent | EventsDropped> {
    const reader = new Reader(() => this.#readers.delete(reader))
    this.#readers.add(reader)
    return reader
  }

  close(): void {
    for (const reader of [...this.#readers]) reader.end()
  }
}

class Reader implements AsyncIterableIterator<DialogueEvent | EventsDropped> {
  readonly #left: () => void
  readonly #queue: DialogueEvent[] = []
  #dropped = 0
  #over = false
  #wake: (() => void) | undefined

  constructor(left: () => void) {
    this.#left = left
  }

  push(event: DialogueEvent): void {
    if (this.#queue.length >= EVENT_QUEUE) {
      const first = this.#queue.findIndex(SUPERSEDED)
      this.#queue.splice(Math.max(0, first), 1)
      this.#dropped += 1
    }
    this.#queue.push(event)
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<DialogueEvent | EventsDropped>> {
    while (this.#queue.length === 0 && !this.#over) await new Promise<void>(resolve => (this.#wake = resolve))
    if (this.#dropped > 0) {
      const count = this.#dropped
      this.#dropped = 0
      return { done: false, value: { type: 'EventsDropped', count } }
    }
    const value = this.#queue.shift()
    return value ? { done: false, value } : { done: true, value: undefined }
  }

  return(): Promise<IteratorResult<DialogueEvent | EventsDropped>> {
    this.#queue.length = 0
    this.#dropped = 0
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** What waits is still given. */
  end(): void {
    this.#over = true
    this.#left()
    this.#wake?.()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
