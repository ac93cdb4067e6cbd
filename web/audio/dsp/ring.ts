import { RingBuffer } from 'ringbuf.js'
import type { FrameSource } from './stretcher.ts'

/** A wait-free ring of interleaved frames between one writer and one reader, on one thread or two. */
export class Ring implements FrameSource {
  readonly #ring: RingBuffer
  readonly #channels: number

  /** Memory for `frames` frames; `shared` for two threads. */
  static memory(frames: number, channels: number, shared: boolean): SharedArrayBuffer | ArrayBuffer {
    const samples = frames * channels
    // The layout is the same; only the constructor's type insists on shared memory.
    return shared
      ? RingBuffer.getStorageForCapacity(samples, Float32Array)
      : new ArrayBuffer(8 + (samples + 1) * Float32Array.BYTES_PER_ELEMENT)
  }

  constructor(memory: SharedArrayBuffer | ArrayBuffer, channels: number) {
    this.#ring = new RingBuffer(memory as SharedArrayBuffer, Float32Array)
    this.#channels = channels
  }

  /** Frames that can be read. */
  get filled(): number {
    return Math.floor(this.#ring.availableRead() / this.#channels)
  }

  /** Frames that can be written. */
  get room(): number {
    return Math.floor(this.#ring.availableWrite() / this.#channels)
  }

  read(into: Float32Array, frames: number): number {
    return this.#ring.pop(into, frames * this.#channels) / this.#channels
  }

  /** Writes up to `frames` frames of `from`, beginning at frame `offset`. @returns how many there was room for */
  write(from: Float32Array, offset: number, frames: number): number {
    const count = Math.min(frames, this.room)
    if (count > 0) this.#ring.push(from, count * this.#channels, offset * this.#channels)
    return count
  }
}
