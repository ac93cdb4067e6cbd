import { BATCHES, captureBatch, LOST, type CaptureMessage, type CaptureOptions } from '#dsp/capture.ts'
import { Ring } from '#dsp/ring.ts'

/** How sound comes from the microphone's worklet: over shared memory, or by messages where there is none. */
export interface Inlet {
  /** What the worklet is made with. */
  readonly options: CaptureOptions
  /** Frames for which there was no room, as nobody read for too long. */
  readonly lost: number
  /** Begins to take sound from the worklet, as soon as there is a batch. Once. */
  attach(port: MessagePort, take: (samples: Float32Array<ArrayBuffer>) => void): void
  /** Takes what is left, and ends. */
  close(): Promise<void>
}

/** Milliseconds that a worklet may take to give its rest; one whose context stands still never does. */
const restWithin = 200

/**
 * @param shared whether memory is to be shared where it can be
 * @param room seconds of it
 */
export function createInlet(sampleRate: number, shared: boolean, room: number): Inlet {
  // Without waitAsync the page would have to look again and again, which hidden pages are kept from.
  const canShare = globalThis.crossOriginIsolated === true && typeof Atomics.waitAsync === 'function'
  return shared && canShare ? new SharedInlet(sampleRate, room) : new MessageInlet(sampleRate)
}

class SharedInlet implements Inlet {
  readonly options: CaptureOptions
  readonly #ring: Ring
  readonly #counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  #port: MessagePort | undefined
  #take: (samples: Float32Array<ArrayBuffer>) => void = () => {}
  #closed = false

  constructor(sampleRate: number, room: number) {
    const ring = Ring.memory(Math.round(room * sampleRate), 1, true) as SharedArrayBuffer
    this.#ring = new Ring(ring, 1)
    this.options = { batch: captureBatch(sampleRate), shared: { ring, counts: this.#counts } }
  }

  get lost(): number {
    return Atomics.load(this.#counts, LOST)
  }

  attach(port: MessagePort, take: (samples: Float32Array<ArrayBuffer>) => void): void {
    this.#port = port
    this.#take = take
    void this.#wait()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#port?.postMessage('close')
    this.#read(1)
    Atomics.add(this.#counts, BATCHES, 1)
    Atomics.notify(this.#counts, BATCHES)
  }

  async #wait(): Promise<void> {
    while (!this.#closed) {
      const seen = Atomics.load(this.#counts, BATCHES)
      this.#read(this.options.batch)
      await Atomics.waitAsync(this.#counts, BATCHES, seen).value
    }
  }

  /** Takes batches while there are at least `least` frames. */
  #read(least: number): void {
    for (let filled = this.#ring.filled; filled >= least; filled = this.#ring.filled) {
      const samples = new Float32Array(Math.min(filled, this.options.batch))
      this.#ring.read(samples, samples.length)
      this.#take(samples)
    }
  }
}

class MessageInlet implements Inlet {
  readonly options: CaptureOptions
  /** Messages wait for as long as it takes. */
  readonly lost = 0
  #port: MessagePort | undefined
  #end: (() => void) | undefined

  constructor(sampleRate: number) {
    this.options = { batch: captureBatch(sampleRate) }
  }

  attach(port: MessagePort, take: (samples: Float32Array<ArrayBuffer>) => void): void {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => {
      if (data.samples.length > 0) take(data.samples)
      if (data.last) this.#end?.()
    }
  }

  async close(): Promise<void> {
    const port = this.#port
    if (!port) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>(resolve => {
      this.#end = resolve
      timer = setTimeout(resolve, restWithin)
      port.postMessage('close')
    })
    clearTimeout(timer)
    port.onmessage = null
  }
}
