import type { SoundChunk } from '#protocol/transcribe.ts'

export interface MicrophoneWish {
  /** A device id of `listMicrophones`; the system's choice when absent. */
  readonly device?: string
  /** Takes out what the speakers play. On for conversation, off for recordings that should sound as they are. */
  readonly echoCancellation?: boolean
  readonly noiseSuppression?: boolean
  readonly autoGain?: boolean
  /** Takes the microphone from whoever has it, in this tab or another; without it that is a `conflict`. */
  readonly takeOver?: boolean
}

/**
 * What is wrong with the sound that comes in: nothing at all for seconds, samples at full scale, a telephone's
 * bandwidth, or another tab that has taken the microphone.
 */
export type MicrophoneTrouble = 'silent' | 'clipping' | 'narrow' | 'elsewhere'

/** An open microphone. It listens until it is closed; nothing is kept that nobody reads. */
export interface Microphone {
  /** What the system calls the device; empty when it does not say. */
  readonly label: string
  /** Hz of the chunks. */
  readonly sampleRate: number
  /** Loudness of the last moment, 0…1: the peak since it was last asked. */
  readonly level: number
  readonly trouble: MicrophoneTrouble | undefined
  /**
   * What is said from now on, mono, in chunks of about 20 ms. Ends with `close`; one reader at a time: the next one ends
   * the last.
   * @throws SeamError not-found when the device was unplugged: what came before was given
   */
  sound(): AsyncIterable<SoundChunk>
  /** Calls back when `trouble` changes. @returns an end to it */
  watch(listener: () => void): () => void
  close(): Promise<void>
}
