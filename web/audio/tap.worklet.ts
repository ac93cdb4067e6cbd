/** Quanta that one message carries: about 20 ms. */
const batch = 8
const quantum = 128

/** Sends on the first channel of whatever comes in, as it was heard: silence too. */
class TapProcessor extends AudioWorkletProcessor {
  #samples = new Float32Array(batch * quantum)
  #filled = 0

  process(inputs: readonly Float32Array[][]): boolean {
    const input = inputs[0]?.[0]
    if (input) this.#samples.set(input, this.#filled)
    else this.#samples.fill(0, this.#filled, this.#filled + quantum)
    this.#filled += quantum
    if (this.#filled === this.#samples.length) {
      this.port.postMessage(this.#samples)
      this.#filled = 0
    }
    return true
  }
}

registerProcessor('voxloom-tap', TapProcessor)
