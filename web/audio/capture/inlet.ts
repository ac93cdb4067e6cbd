import { captureBatch, type CaptureMessage, type CaptureOptions } from '#dsp/capture.ts'
import { Ring } from '#dsp/ring.ts'

/** How sound comes from the microphone's worklet: over shared memory, or by messages where there is none. */
export interface Inlet {
  /** What the worklet is made with. */
  readonly options: CaptureOptions
  /** Begins to take sound from the worklet, as soon as there is a batch. Once. */
  attach(port: MessagePort, take: (samples: Float32Array<ArrayBuffer>) => void): void
  /** Takes what is left, and ends. */
  close(): Promise<void>
}

/** Seconds that the page may be kept from reading, by a dialogue of the browser for example, before sound is lost. */
const ringSeconds = 30
/** Milliseconds that a worklet may take to give its rest; one whose context stands still never does. */
const restWithin = 200

/** @param shared whether memory is to be shared where it can be */
export function createInlet(sampleRate: number, shared: boolean): Inlet {
  // Without waitAsync the page would have to look again and again, which hidden pages are kept from.
  const canShare = globalThis.crossOriginIsolated === true && typeof Atomics.waitAsync === 'function'
  return shared && canShare ? new SharedInlet(sampleRate) : new MessageInlet(sampleRate)
}

class SharedInlet implements Inlet {
  readonly options: CaptureOptions
  readonly #ring: Ring
  readonly #batches = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #port: MessagePort | undefined
  #take: (samples: Float32Array<ArrayBuffer>) => void = () => {}
  #closed = false

  constructor(sampleRate: number) {
    const ring = Ring.memory(ringSeconds * sampleRate, 1, true) as SharedArrayBuffer
    this.#ring = new Ring(ring, 1)
    this.options = { batch: captureBatch(sampleRate), shared: { ring, batches: this.#batches } }
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
    Atomics.add(this.#batches, 0, 1)
    Atomics.notify(this.#batches, 0)
  }

  async #wait(): Promise<void> {
    while (!this.#closed) {
      const seen = Atomics.load(this.#batches, 0)
      this.#read(this.options.batch)
      await Atomics.waitAsync(this.#batches, 0, seen).value
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
