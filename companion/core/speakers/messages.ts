import type { ErrorData } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'

/** To a speaker: one sentence at a time. */
export interface ToSpeaker {
  readonly kind: 'speak'
  readonly segment: Segment
}

/** From a speaker. `sound` comes any number of times before `done` or `failed`. */
export type FromSpeaker =
  | { readonly kind: 'sound'; readonly chunk: PcmChunk }
  | { readonly kind: 'done'; readonly realTimeFactor: number | undefined }
  | { readonly kind: 'failed'; readonly error: ErrorData }
