import type { ErrorData } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'

/** To a listener: one sound at a time, in pieces, as many as it has asked for. */
export type ToListener =
  | { readonly kind: 'listen'; readonly lang: Lang | undefined; readonly live: boolean }
  | { readonly kind: 'sound'; readonly chunk: SoundChunk }
  /** There is no more sound. */
  | { readonly kind: 'over' }

/** From a listener. `done` and `failed` are its last words on a sound. */
export type FromListener =
  /** A piece was taken: there is room for another. */
  | { readonly kind: 'more' }
  | { readonly kind: 'progress'; readonly seconds: number }
  | { readonly kind: 'caption'; readonly caption: Caption }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ErrorData }

/** Pieces that may be on their way to a listener, or wait there. */
export const WINDOW = 4
