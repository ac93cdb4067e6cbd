/** The 32-bit words that the page and the worklet share (or mirror by messages). Frame counts are at the ring's rate. */
export const word = {
  /**
   * Frames heard since the start, modulo `clockSize`; with `interruptFlag` set while an interrupt waits to be carried
   * out. Only the worklet counts it on, only the page sets the flag: whoever comes first decides what was last heard.
   */
  clock: 0,
  /** The frame, modulo `clockSize`, that an interrupt drops everything before. Set before the flag. */
  discardTo: 1,
  /** 1 while it should sound. */
  wanted: 2,
  /** 1 when nothing more will be written: running dry is then the end, not an underrun. */
  ended: 3,
  /** Playing speed × 65,536. */
  rate: 4,
  underruns: 5,
  /** 1 while the last frame given was the source's. */
  flowing: 6,
  /** Frames of free room that a writer waits for; 0 for none. */
  roomWanted: 7,
  /** Counts up when a waiting page should look again. */
  wake: 8,
  /** Live sound: frames left out so far, less those drawn out; and the times that some were left out at once. */
  slipped: 9,
  resyncs: 10,
} as const

export type Word = (typeof word)[keyof typeof word]

export const words = 11
/** 2³⁰ frames: more than 12 hours at 24 kHz, and the page looks at the clock far more often. */
export const clockSize = 2 ** 30
/** The bit above the clock's. */
export const interruptFlag = 1 << 30
export const rateUnit = 65_536

/** A whole clock, from its last known value and what the shared word says now. It never goes back. */
export function unwrap(known: number, clock: number): number {
  const ahead = ((clock & (clockSize - 1)) - known) & (clockSize - 1)
  return known + ahead
}
