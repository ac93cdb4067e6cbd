/** What the scripted server does with one request. */
export interface Scene {
  /** What it says, a piece each; what was said to it, when absent. */
  readonly tokens?: readonly string[]
  /** What it thinks first, in a field of its own. */
  readonly thoughts?: readonly string[]
  /** Milliseconds before the answer begins, and after each record. */
  readonly firstAfter?: number
  readonly every?: number
  /** Says nothing at all, not even a status. */
  readonly silent?: boolean
  /** Fails at once, with `says` as the body. */
  readonly status?: number
  readonly says?: unknown
  readonly retryAfter?: string
  readonly redirect?: string
  /** A page for people in place of an answer. */
  readonly html?: boolean
  /** All at once, whatever was asked. */
  readonly whole?: boolean
  /** After so many tokens: the connection breaks, an error is told, nothing follows any more, or records that are none. */
  readonly cutAfter?: number
  readonly errorAfter?: number
  readonly hangAfter?: number
  readonly malformedAfter?: number
  /** How many records are none then; 1 when absent. */
  readonly malformed?: number
  /** Why it stops: `stop`, `length`, … */
  readonly reason?: string
  /** Leaves out what tells that it has said all: the reason and the last record, or the last record alone. */
  readonly ends?: 'abruptly' | 'without a last record'
  /** How lines end. */
  readonly lineEnd?: '\n' | '\r\n'
  /** Comments between events, as some servers send them to keep the connection open. */
  readonly comments?: boolean
  /** Bytes of each write. */
  readonly pieceSize?: number
}

/** A dialogue that was sent. */
export interface AskedRequest {
  readonly path: string
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  /** The rest of the body. */
  readonly options: Readonly<Record<string, unknown>>
  readonly authorization: string | undefined
  /** Records that were sent so far. */
  sent: number
  /** Nobody reads any longer. */
  isOver: boolean
}
