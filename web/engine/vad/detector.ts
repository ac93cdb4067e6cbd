/** Tells speech from other sound, frame by frame, at HEARING_RATE of transcribe/recogniser.ts. */
export interface SpeechDetector {
  /** Samples that each frame has. */
  readonly frame: number
  /** How likely it is that somebody speaks in this frame, 0…1. Frames follow each other: the detector remembers. */
  probability(samples: Float32Array): Promise<number>
  /** What follows has nothing to do with what was before. */
  reset(): void
  /** One for another sound at the same time: it shares the weights with this one, and none of what is remembered. */
  another(): SpeechDetector
  /** Frees the weights, for all that share them. */
  close(): Promise<void>
}
