import clockUrl from './clock.worklet.ts?worker&url'

const quantum = 128
/** Milliseconds that part two quanta which the device asked for at once; they are made within a fraction of that. */
const AT_ONCE = 1

interface Batch {
  readonly heard: Float32Array
  readonly spoken: Float32Array
  /** Of each quantum: when it was made, milliseconds of the day, and the latest mark. */
  readonly made: Float64Array
  readonly marked: Int32Array
}

/** Records what is heard and what is spoken on one clock, and knows what of it came after something happened. */
export class Clock {
  readonly context: AudioContext
  readonly #marks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #node: AudioWorkletNode
  readonly #batches: Batch[] = []

  /** @param heard what goes to the loudspeaker */
  static async behind(heard: AudioNode): Promise<Clock> {
    const context = heard.context as AudioContext
    await context.audioWorklet.addModule(clockUrl)
    return new Clock(heard, context)
  }

  private constructor(heard: AudioNode, context: AudioContext) {
    this.context = context
    this.#node = new AudioWorkletNode(context, 'voxloom-bench-clock', {
      numberOfInputs: 2,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
      processorOptions: { marks: this.#marks },
    })
    this.#node.port.onmessage = ({ data }: MessageEvent<Batch>) => this.#batches.push(data)
    heard.connect(this.#node, 0, 0)
  }

  /** What goes to the microphone, too. */
  alsoRecord(spoken: AudioNode): void {
    spoken.connect(this.#node, 0, 1)
  }

  /** Frames recorded so far. */
  get length(): number {
    return this.#batches.length * this.#size
  }

  /** Notes that something has happened. */
  mark(): number {
    return Atomics.add(this.#marks, 0, 1) + 1
  }

  /** The first frame of the quantum that was made first after a mark; undefined when none was recorded yet. */
  frameOf(mark: number): number | undefined {
    const index = this.#batches.findIndex(({ marked }) => marked.at(-1)! >= mark)
    const found = this.#batches[index]
    return found && index * this.#size + found.marked.findIndex(seen => seen >= mark) * quantum
  }

  heard(from: number, to = this.length): Float32Array<ArrayBuffer> {
    return this.#samples('heard', from, to)
  }

  spoken(from: number, to = this.length): Float32Array<ArrayBuffer> {
    return this.#samples('spoken', from, to)
  }

  /**
   * When a frame sounds, milliseconds of the day, for somebody at the device's end: of the quanta that the device asked
   * for at once, each sounds after those before it.
   */
  timeOf(frame: number): number {
    const at = Math.floor(frame / quantum)
    let first = at
    while (first > 0 && this.#madeAt(first) - this.#madeAt(first - 1) <= AT_ONCE) first -= 1
    return this.#madeAt(first) + ((frame - first * quantum) / this.context.sampleRate) * 1000
  }

  /** Resolves when everything that sounded until now is recorded. */
  async settled(): Promise<void> {
    const mark = this.mark()
    while (this.frameOf(mark) === undefined) await new Promise(resolve => setTimeout(resolve, 5))
  }

  stop(): void {
    this.#node.disconnect()
    this.#node.port.close()
  }

  get #size(): number {
    return this.#batches[0]?.heard.length ?? 0
  }

  #madeAt(index: number): number {
    const each = this.#size / quantum
    return this.#batches[Math.floor(index / each)]!.made[index % each]!
  }

  #samples(which: 'heard' | 'spoken', from: number, to: number): Float32Array<ArrayBuffer> {
    const found = new Float32Array(Math.max(0, to - from))
    for (let at = from; at < to;) {
      const batch = this.#batches[Math.floor(at / this.#size)]!
      const start = at % this.#size
      const part = batch[which].subarray(start, start + to - at)
      found.set(part, at - from)
      at += part.length
    }
    return found
  }
}
