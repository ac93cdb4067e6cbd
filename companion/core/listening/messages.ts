import type { HearingEvent, HearRun } from '#engine/transcribe/events.ts'
import type { ErrorData } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'

/** To a listener. `sound` numbers what is listened to: one at a time for captions, several where somebody talks. */
export type ToListener = { readonly sound: number } & (
  | {
      readonly kind: 'listen'
      readonly lang: Lang | undefined
      readonly live: boolean
      /** Everything is wanted that is heard, and not the captions alone. */
      readonly talk?: Pick<HearRun, 'rules' | 'since'>
    }
  /** A piece of it: as many as the listener has asked for. */
  | { readonly kind: 'sound'; readonly chunk: SoundChunk }
  /** There is no more of it. */
  | { readonly kind: 'over' }
  /** Nobody wants to know any longer. */
  | { readonly kind: 'leave' }
)

/** From a listener. `done` and `failed` are its last words on a sound. */
export type FromListener = { readonly sound: number } &
  /** A piece was heard, and what was found in it was told: there is room for another. */
  (
    | { readonly kind: 'more' }
    | { readonly kind: 'progress'; readonly seconds: number }
    | { readonly kind: 'caption'; readonly caption: Caption }
    | { readonly kind: 'event'; readonly event: HearingEvent }
    | { readonly kind: 'done' }
    | { readonly kind: 'failed'; readonly error: ErrorData }
  )

/** Pieces that may be on their way to a listener, or wait there. */
export const WINDOW = 4
