import type { Message, ReplyRun } from '#protocol/language.ts'

/** One piece of an answer. */
export interface Piece {
  /** What is said; empty for a sign of life, a figure, a thought. */
  readonly text: string
  /** The model thinks aloud. */
  readonly isThought?: boolean
  /** Why the model stopped: `stop`, `length`, … It has said all. */
  readonly end?: string
  /** Nothing follows. */
  readonly isLast?: boolean
}

/** What differs between the APIs of servers. */
export interface Dialect {
  readonly chatPath: string
  readonly modelsPath: string
  chat(model: string, messages: readonly Message[], run: ReplyRun): unknown
  /** A streamed answer's records, as text. */
  records(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void>
  /** A record; undefined when it can't be read. `value` is its JSON, where it is some. */
  piece(record: string, value: unknown): Piece | undefined
  /** An answer in one piece, which some servers give whatever they were asked for; undefined when this is none. */
  whole(value: unknown): Piece | undefined
  /** Names of the models in the answer at `modelsPath`; undefined when this is no list of models. */
  models(value: unknown): readonly string[] | undefined
}
