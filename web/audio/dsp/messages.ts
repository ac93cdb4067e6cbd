import type { Word } from './controls.ts'

/** What the player's worklet is made with. */
export interface WorkletOptions {
  readonly channels: 1 | 2
  /** Hz of the ring. */
  readonly sampleRate: number
  /** Frames that the ring holds. */
  readonly frames: number
  /** Seconds of live sound that should wait to be heard; absent where the sender can be held back. */
  readonly live?: number | undefined
  /** Memory of the ring and the controls; absent where memory can't be shared, and then messages do the work. */
  readonly shared?: { readonly ring: SharedArrayBuffer; readonly controls: Int32Array }
}

/** Page to worklet, where memory can't be shared. */
export type PageMessage =
  | { readonly samples: Float32Array }
  | { readonly word: Word; readonly value: number }
  /** Drop everything before frame `discardTo`. Reports carry `epoch` from then on. */
  | { readonly discardTo: number; readonly epoch: number }
  | { readonly close: true }

/** Worklet to page, where memory can't be shared. */
export interface Report {
  readonly epoch: number
  readonly clock: number
  readonly flowing: number
  readonly underruns: number
  readonly slipped: number
  readonly resyncs: number
}
