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

/** An open microphone. It listens until it is closed. */
export interface Microphone {
  /** What the system calls the device; empty when it does not say. */
  readonly label: string
  /** Hz of the chunks. */
  readonly sampleRate: number
  /** Loudness of the last moment, 0…1: the peak since it was last asked. */
  readonly level: number
  readonly trouble: MicrophoneTrouble | undefined
  /**
   * Seconds of sound that are missing, as the page stood still for so long that there was no room for more; absent as
   * long as there are none.
   */
  readonly lost?: number | undefined
  /**
   * Mono, in chunks of about 20 ms: all since it was opened for the first reader, what is said from now on for others.
   * Ends with `close`; one reader at a time: the next one ends the last.
   * @throws SeamError not-found when the device was unplugged, quota when the reader is minutes behind: what came before
   * was given
   */
  sound(): AsyncIterable<SoundChunk>
  /** Calls back when `trouble` or `lost` changes. @returns an end to it */
  watch(listener: () => void): () => void
  close(): Promise<void>
}
