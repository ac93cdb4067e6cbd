import { clockSize, interruptFlag, rateUnit, type Word, word, words } from '#dsp/controls.ts'
import type { PageMessage, Report, WorkletOptions } from '#dsp/messages.ts'
import { Ring } from '#dsp/ring.ts'

/** How the page reaches its worklet: over shared memory, or by messages where there is none. */
export interface Link {
  /** What the worklet is made with. */
  readonly options: WorkletOptions
  /** The worklet's end; to be called once it is made. */
  attach(port: MessagePort): void
  /** Writes what there is room for. @returns how many frames that was */
  write(samples: Float32Array, offset: number, frames: number): number
  get(name: Word): number
  set(name: Word, value: number): void
  /**
   * Drops everything before frame `written` (modulo the clock).
   * @returns the clock as the listener last heard it, with its flag set when an earlier interrupt still waits
   */
  interrupt(written: number): number
  /** Calls back when the worklet has news. Only one listener. */
  listen(listener: () => void): void
  close(): void
}

export interface LinkOptions {
  readonly channels: 1 | 2
  readonly sampleRate: number
  /** Frames that the ring holds. */
  readonly frames: number
  /** Seconds of live sound that should wait to be heard. */
  readonly live?: number | undefined
}

/** Milliseconds between two looks where the browser can't wait for a change of memory without blocking. */
const lookEvery = 20

/** The ring and the controls lie in memory of both threads. */
export class SharedLink implements Link {
  readonly options: WorkletOptions
  readonly #ring: Ring
  readonly #controls: Int32Array
  #closed = false

  constructor(ring: LinkOptions) {
    const { channels, frames } = ring
    const memory = Ring.memory(frames, channels, true) as SharedArrayBuffer
    this.#ring = new Ring(memory, channels)
    this.#controls = new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT))
    this.#controls[word.rate] = rateUnit
    this.options = { ...ring, shared: { ring: memory, controls: this.#controls } }
  }

  attach(): void {}

  write(samples: Float32Array, offset: number, frames: number): number {
    return this.#ring.write(samples, offset, frames)
  }

  get(name: Word): number {
    return Atomics.load(this.#controls, name)
  }

  set(name: Word, value: number): void {
    Atomics.store(this.#controls, name, value)
  }

  interrupt(written: number): number {
    Atomics.store(this.#controls, word.discardTo, written)
    return Atomics.or(this.#controls, word.clock, interruptFlag)
  }

  listen(listener: () => void): void {
    if (typeof Atomics.waitAsync === 'function') void this.#wait(listener)
    else {
      const timer = setInterval(() => (this.#closed ? clearInterval(timer) : listener()), lookEvery)
    }
  }

  close(): void {
    this.#closed = true
    Atomics.add(this.#controls, word.wake, 1)
    Atomics.notify(this.#controls, word.wake)
  }

  async #wait(listener: () => void): Promise<void> {
    while (!this.#closed) {
      const seen = Atomics.load(this.#controls, word.wake)
      listener()
      await Atomics.waitAsync(this.#controls, word.wake, seen).value
    }
  }
}

/** The worklet has a ring of its own, fed by messages; what it reports is some 10 ms old. */
export class MessageLink implements Link {
  readonly options: WorkletOptions
  readonly #controls = new Int32Array(words)
  #port: MessagePort | undefined
  #listener: (() => void) | undefined
  #written = 0
  #epoch = 0

  constructor(options: LinkOptions) {
    this.options = options
    this.#controls[word.rate] = rateUnit
  }

  attach(port: MessagePort): void {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<Report>) => {
      // A report from before an interrupt counts frames that the page has given up.
      if (data.epoch !== this.#epoch) return
      this.#controls[word.clock] = data.clock
      this.#controls[word.flowing] = data.flowing
      this.#controls[word.underruns] = data.underruns
      this.#controls[word.slipped] = data.slipped
      this.#controls[word.resyncs] = data.resyncs
      this.#listener?.()
    }
  }

  write(samples: Float32Array, offset: number, frames: number): number {
    const { channels } = this.options
    const unheard = (this.#written - this.get(word.clock)) & (clockSize - 1)
    const count = Math.min(frames, this.options.frames - unheard)
    if (count < 1) return 0
    const part = samples.slice(offset * channels, (offset + count) * channels)
    this.#post({ samples: part }, [part.buffer])
    this.#written = (this.#written + count) & (clockSize - 1)
    return count
  }

  get(name: Word): number {
    return this.#controls[name] ?? 0
  }

  set(name: Word, value: number): void {
    this.#controls[name] = value
    this.#post({ word: name, value })
  }

  interrupt(written: number): number {
    const heard = this.get(word.clock)
    this.#epoch += 1
    this.#controls[word.clock] = written
    this.#controls[word.flowing] = 0
    this.#post({ discardTo: written, epoch: this.#epoch })
    return heard
  }

  listen(listener: () => void): void {
    this.#listener = listener
  }

  close(): void {
    this.#post({ close: true })
    this.#listener = undefined
  }

  #post(message: PageMessage, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer)
  }
}
