import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'

/** Where speech goes. Chunks are played in the order written, with no gap and no overlap at the seams. */
export interface AudioSink {
  /**
   * Waits for room; resolves when every sample is in the ring. The chunk's buffer may be reused afterwards.
   * @throws SeamError cancelled when interrupted or closed while it waits, bad-input
   */
  write(chunk: PcmChunk): Promise<void>
  /** Silence, seconds, after whatever was written last. Belongs to that segment. */
  writeSilence(seconds: number): Promise<void>
  /**
   * Resolves when everything written has been heard. Running dry before it was called counts as an underrun.
   * @throws SeamError cancelled when interrupted or closed before that
   */
  flush(): Promise<void>
  /** Drops what was not heard yet, at once. @returns where the listener was, or undefined when nothing had sounded */
  interrupt(): Heard | undefined
  /** Where the listener is now, or undefined before the first sample. */
  readonly heard: Heard | undefined
}

/** A place in the sound that the listener has reached. */
export interface Heard {
  readonly segment: SegmentId
  /** Seconds into the segment's audio, at 1× speed. */
  readonly at: number
}

/** `starved`: wants to play, and the ring is empty; or live sound is gathered. */
export type PlayerState = 'idle' | 'playing' | 'paused' | 'starved'

export interface Player extends AudioSink {
  readonly state: PlayerState
  /** Times that the worklet ran dry while it should have sounded. */
  readonly underruns: number
  /** Needs a user gesture before the first call in most browsers. */
  play(): Promise<void>
  pause(): void
  /** 0.5…3, pitch kept (time-stretch, WSOLA). Applies at once to what is already in the ring. */
  rate: number
  /** 0…1 */
  volume: number
  /** Whether threads and shared memory are there; without them a message-fed worklet stands in. */
  readonly shared: boolean
  /** Calls back at most once a frame while playing, and on every state change. @returns an end to it */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

/** A player whose sound can be tapped, and may come live. */
export interface SpeakerPlayer extends Player {
  /** Seconds of live sound that were left out so far, to stay near whoever sends it, less those drawn out. */
  readonly slipped: number
  /** Times that live sound was left out at once. */
  readonly resyncs: number
  /** What goes to the speakers; connect what should hear it too. */
  readonly output: AudioNode
  /** Hands on what goes to the speakers, one channel, as it does: silence too while the device is awake. */
  listenIn(take: (samples: Float32Array, sampleRate: number) => void): Promise<() => void>
}
