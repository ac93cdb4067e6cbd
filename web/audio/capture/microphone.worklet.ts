import { BATCHES, LOST, type CaptureMessage, type CaptureOptions } from '#dsp/capture.ts'
import { quantum } from '#dsp/playback.ts'
import { Ring } from '#dsp/ring.ts'

/** Hands on what comes in, batch by batch: into the ring, or by messages where memory can't be shared. */
class MicrophoneProcessor extends AudioWorkletProcessor {
  readonly #batch: number
  readonly #ring: Ring | undefined
  readonly #counts: Int32Array | undefined
  readonly #silence = new Float32Array(quantum)
  readonly #samples: Float32Array<ArrayBuffer>
  #filled = 0
  #closed = false

  constructor(options: { readonly processorOptions?: unknown }) {
    super(options)
    const { batch, shared } = options.processorOptions as CaptureOptions
    this.#batch = batch
    this.#ring = shared && new Ring(shared.ring, 1)
    this.#counts = shared?.counts
    this.#samples = new Float32Array(shared ? 0 : batch)
    // The only message is that it is over.
    this.port.onmessage = () => this.#close()
  }

  process(inputs: readonly Float32Array[][]): boolean {
    if (this.#closed) return false
    // A muted device may give nothing at all; its time passes all the same.
    const input = inputs[0]?.[0] ?? this.#silence
    if (this.#ring) this.#write(this.#ring, this.#counts!, input)
    else this.#collect(input)
    return true
  }

  #write(ring: Ring, counts: Int32Array, input: Float32Array): void {
    // With no room left the page has not read for very long; what comes now is lost.
    const written = ring.write(input, 0, quantum)
    if (written < quantum) Atomics.add(counts, LOST, quantum - written)
    this.#filled += quantum
    if (this.#filled < this.#batch) return
    this.#filled = 0
    Atomics.add(counts, BATCHES, 1)
    Atomics.notify(counts, BATCHES)
  }

  #collect(input: Float32Array): void {
    this.#samples.set(input, this.#filled)
    this.#filled += quantum
    if (this.#filled === this.#batch) this.#post(false)
  }

  #close(): void {
    this.#closed = true
    if (!this.#ring) this.#post(true)
  }

  #post(last: boolean): void {
    const samples = last ? this.#samples.slice(0, this.#filled) : this.#samples
    this.#filled = 0
    this.port.postMessage({ samples, last } satisfies CaptureMessage)
  }
}

registerProcessor('voxloom-microphone', MicrophoneProcessor)
