import { interruptFlag, rateUnit, word, words } from '#dsp/controls.ts'
import type { PageMessage, Report, WorkletOptions } from '#dsp/messages.ts'
import { Playback } from '#dsp/playback.ts'
import { Ring } from '#dsp/ring.ts'

/** Quanta between two reports by message: about 10 ms. */
const reportEvery = 4

/** Plays the ring. Everything is in dsp/playback.ts; this is how it is fed and told. */
class PlayerProcessor extends AudioWorkletProcessor {
  readonly #ring: Ring
  readonly #controls: Int32Array
  readonly #playback: Playback
  readonly #reports: boolean
  #epoch = 0
  #quanta = 0
  #closed = false
  #sentClock = -1
  #sentEpoch = 0
  #sentFlowing = 0

  constructor(options: { readonly processorOptions?: unknown }) {
    super(options)
    const { channels, sampleRate: from, frames, live, shared } = options.processorOptions as WorkletOptions
    this.#reports = shared === undefined
    this.#ring = new Ring(shared?.ring ?? Ring.memory(frames, channels, false), channels)
    const controls = shared?.controls ?? new Int32Array(words)
    if (!shared) controls[word.rate] = rateUnit
    this.#controls = controls
    const wake = () => {
      Atomics.add(controls, word.wake, 1)
      Atomics.notify(controls, word.wake)
    }
    this.#playback = new Playback({ ring: this.#ring, controls, channels, from, to: sampleRate, live, wake })
    this.port.onmessage = ({ data }) => this.#obey(data as PageMessage, channels)
  }

  process(_inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean {
    const output = outputs[0]
    if (output) this.#playback.render(output)
    this.#quanta += 1
    if (this.#reports && this.#quanta % reportEvery === 0) this.#report()
    return !this.#closed
  }

  #obey(message: PageMessage, channels: number): void {
    if ('samples' in message) {
      this.#ring.write(message.samples, 0, message.samples.length / channels)
    } else if ('word' in message) {
      this.#controls[message.word] = message.value
    } else if ('discardTo' in message) {
      // The reader is on this thread: what was written before is gone before what follows comes in.
      this.#controls[word.discardTo] = message.discardTo
      this.#controls[word.clock]! |= interruptFlag
      this.#playback.discard()
      this.#epoch = message.epoch
    } else {
      this.#closed = true
    }
  }

  /** Only when there is news; underruns are counted when the flow ends, what is left out while the clock goes on. */
  #report(): void {
    const clock = this.#controls[word.clock]!
    const flowing = this.#controls[word.flowing]!
    const stands = clock === this.#sentClock && this.#epoch === this.#sentEpoch && flowing === this.#sentFlowing
    if (stands) return
    this.#sentClock = clock
    this.#sentEpoch = this.#epoch
    this.#sentFlowing = flowing
    const report: Report = {
      epoch: this.#epoch,
      clock,
      flowing,
      underruns: this.#controls[word.underruns]!,
      slipped: this.#controls[word.slipped]!,
      resyncs: this.#controls[word.resyncs]!,
    }
    this.port.postMessage(report)
  }
}

registerProcessor('voxloom-player', PlayerProcessor)
