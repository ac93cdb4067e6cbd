// A module, so that its names are its own.
export {}

/** Quanta that one message carries: about 20 ms. */
const batch = 8
const quantum = 128

/** Sends on two inputs, the time of day at which each quantum was made, and the latest mark that was set by then. */
class ClockProcessor extends AudioWorkletProcessor {
  readonly #marks: Int32Array
  readonly #inputs = [new Float32Array(batch * quantum), new Float32Array(batch * quantum)]
  readonly #made = new Float64Array(batch)
  readonly #marked = new Int32Array(batch)
  #filled = 0

  constructor(options: { readonly processorOptions?: unknown }) {
    super(options)
    this.#marks = (options.processorOptions as { readonly marks: Int32Array }).marks
  }

  process(inputs: readonly Float32Array[][]): boolean {
    for (const [index, samples] of this.#inputs.entries()) {
      const at = this.#filled * quantum
      const input = inputs[index]?.[0]
      if (input) samples.set(input, at)
      else samples.fill(0, at, at + quantum)
    }
    this.#made[this.#filled] = Date.now()
    this.#marked[this.#filled] = Atomics.load(this.#marks, 0)
    this.#filled += 1
    if (this.#filled === batch) {
      const [heard, spoken] = this.#inputs
      this.port.postMessage({ heard, spoken, made: this.#made, marked: this.#marked })
      this.#filled = 0
    }
    return true
  }
}

registerProcessor('voxloom-bench-clock', ClockProcessor)
