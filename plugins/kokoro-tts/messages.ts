import type { ErrorData } from '../../companion/protocol/errors.ts'
import type { Segment } from '../../companion/protocol/speech.ts'

/** To a session: one sentence at a time. */
export interface ToSession {
  readonly segment: Segment
}

/** From a session. `sound` comes any number of times before `done`. */
export type FromSession =
  | { readonly kind: 'ready' | 'done' }
  | { readonly kind: 'sound'; readonly samples: Float32Array }
  | { readonly kind: 'failed' | 'unusable'; readonly error: ErrorData }
