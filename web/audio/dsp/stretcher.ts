/** Where frames come from, in order; what is read is gone. */
export interface FrameSource {
  /** Reads up to `frames` interleaved frames to the start of `into`. @returns how many there were */
  read(into: Float32Array, frames: number): number
}

/** Seconds of one hop: a cross-fade from what naturally follows to the best-matching place near the wanted one. */
const hopSeconds = 0.015
/** Seconds to each side of the wanted place that are searched: more than half the period of the lowest voice. */
const searchSeconds = 0.01
/** Below this energy per sample there is nothing to match: silence may be cut anywhere. */
const silence = 1e-8
/** Frames read from the source in one go. */
const block = 256

/**
 * Changes the speed of speech without changing its pitch: WSOLA (Verhelst and Roelands 1993). At rate 1 the frames
 * pass through untouched, with no look-ahead. When the source runs dry, what is left plays on at its natural speed.
 * Nothing is allocated after the constructor.
 */
export class Stretcher {
  /** 0.5…3; 2 is twice as fast. Holds from the next hop. */
  rate = 1

  readonly #source: FrameSource
  readonly #channels: number
  readonly #hop: number
  readonly #search: number
  readonly #stride: number
  readonly #capacity: number
  readonly #buffers: Float32Array[]
  readonly #made: Float32Array[]
  readonly #fadeIn: Float32Array
  readonly #block: Float32Array
  /** Frames in the buffers. */
  #have = 0
  /** What naturally follows the last frame given, as an index into the buffers. */
  #next = 0
  /** Where the listener should be, as an index into the buffers: the output's time at the wanted rate. */
  #ideal = 0
  /** Frames of `#made` that were not given yet, and the rate it was made at. */
  #left = 0
  #madeRate = 1
  /** Frames read from the source since the start. */
  #read = 0

  constructor(source: FrameSource, sampleRate: number, channels: number) {
    this.#source = source
    this.#channels = channels
    this.#hop = Math.round(sampleRate * hopSeconds)
    this.#search = Math.round(sampleRate * searchSeconds)
    // The coarse search looks at about 12,000 samples a second: enough to find the pitch.
    this.#stride = Math.max(1, Math.round(sampleRate / 12_000))
    this.#capacity = 8 * this.#hop + 4 * this.#search + 4 * block
    this.#buffers = planar(channels, this.#capacity)
    this.#made = planar(channels, this.#hop)
    this.#fadeIn = Float32Array.from({ length: this.#hop }, (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * n) / this.#hop))
    this.#block = new Float32Array(block * channels)
  }

  /** Source frames that the listener is past, since the start. Never more than was read. */
  get position(): number {
    const within = this.#left > 0 ? this.#madeRate * (this.#hop - this.#left) : 0
    return Math.min(this.#read, this.#read - this.#have + this.#ideal + within)
  }

  /** Forgets everything buffered; the source's next frame is number `position`. */
  reset(position: number): void {
    this.#have = 0
    this.#next = 0
    this.#ideal = 0
    this.#left = 0
    this.#read = position
  }

  /** Source frames read since the start, heard or not. */
  get read(): number {
    return this.#read
  }

  /** Writes up to `frames` planar frames. @returns how many there were; fewer only when the source is dry */
  pull(into: readonly Float32Array[], frames: number): number {
    let done = 0
    while (done < frames) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, frames - done)
        copy(this.#made, this.#hop - this.#left, into, done, count, this.#channels)
        this.#left -= count
        done += count
        if (this.#left === 0) this.#ideal += this.#madeRate * this.#hop
      } else if (this.rate === 1 || !this.#makeHop()) {
        const count = Math.min(this.#fill(this.#next + frames - done) - this.#next, frames - done)
        if (count <= 0) break
        copy(this.#buffers, this.#next, into, done, count, this.#channels)
        this.#next += count
        // At another rate the ideal keeps its distance, or a hop back near the end would be taken for ever.
        this.#ideal = this.rate === 1 || this.#next === this.#have ? this.#next : this.#ideal + count
        done += count
      }
    }
    return done
  }

  /** Prepares one hop at the wanted rate. @returns false when the source has too little for it */
  #makeHop(): boolean {
    const hop = this.#hop
    this.#makeRoom()
    const wanted = Math.round(this.#ideal + (this.rate - 1) * hop)
    const most = Math.max(0, wanted) + this.#search
    const needed = Math.max(this.#next, most) + hop
    if (this.#fill(needed) < needed) return false
    const from = this.#match(Math.max(0, wanted - this.#search), most, Math.max(0, wanted))
    for (let channel = 0; channel < this.#channels; channel++) {
      const buffer = this.#buffers[channel]!
      const made = this.#made[channel]!
      for (let n = 0; n < hop; n++) {
        const old = buffer[this.#next + n]!
        made[n] = old + this.#fadeIn[n]! * (buffer[from + n]! - old)
      }
    }
    this.#madeRate = this.rate
    this.#next = from + hop
    this.#left = hop
    return true
  }

  /** The place between `least` and `most` that looks most like what naturally follows. */
  #match(least: number, most: number, wanted: number): number {
    if (this.#energy(this.#next) < silence * this.#hop) return wanted
    const stride = this.#stride
    let best = wanted
    let bestScore = -Infinity
    for (let place = least; place <= most; place += stride) {
      const score = this.#likeness(place, stride)
      if (score > bestScore) {
        bestScore = score
        best = place
      }
    }
    const from = Math.max(least, best - stride + 1)
    const to = Math.min(most, best + stride - 1)
    bestScore = -Infinity
    for (let place = from; place <= to; place++) {
      const score = this.#likeness(place, 1)
      if (score > bestScore) {
        bestScore = score
        best = place
      }
    }
    return best
  }

  /** Normalised cross-correlation of the hop at `place` with the natural one, up to a constant factor. */
  #likeness(place: number, stride: number): number {
    let product = 0
    let energy = 1e-12
    for (let channel = 0; channel < this.#channels; channel++) {
      const buffer = this.#buffers[channel]!
      const hop = this.#hop
      const next = this.#next
      for (let n = 0; n < hop; n += stride) {
        const sample = buffer[place + n]!
        product += sample * buffer[next + n]!
        energy += sample * sample
      }
    }
    return product / Math.sqrt(energy)
  }

  #energy(place: number): number {
    let energy = 0
    for (let channel = 0; channel < this.#channels; channel++) {
      const buffer = this.#buffers[channel]!
      for (let n = 0; n < this.#hop && place + n < this.#have; n++) energy += buffer[place + n]! ** 2
    }
    return energy
  }

  /** Reads until there are `frames` frames in the buffers, or the source is dry. @returns how many there are */
  #fill(frames: number): number {
    if (frames > this.#capacity) {
      const before = this.#next
      this.#makeRoom()
      frames -= before - this.#next
    }
    while (this.#have < frames) {
      const wanted = Math.min(block, frames - this.#have)
      const count = this.#source.read(this.#block, wanted)
      for (let channel = 0; channel < this.#channels; channel++) {
        const buffer = this.#buffers[channel]!
        for (let n = 0; n < count; n++) buffer[this.#have + n] = this.#block[n * this.#channels + channel]!
      }
      this.#have += count
      this.#read += count
      if (count < wanted) break
    }
    return this.#have
  }

  /** Drops what no search can reach any more. */
  #makeRoom(): void {
    const behind = Math.floor(Math.min(this.#next, this.#ideal)) - this.#hop - 2 * this.#search
    if (behind < this.#hop) return
    for (let channel = 0; channel < this.#channels; channel++) {
      this.#buffers[channel]!.copyWithin(0, behind, this.#have)
    }
    this.#have -= behind
    this.#next -= behind
    this.#ideal -= behind
  }
}

function planar(channels: number, frames: number): Float32Array[] {
  return Array.from({ length: channels }, () => new Float32Array(frames))
}

/** Like `set(subarray())`, without the view that would be garbage afterwards. */
function copy(
  from: readonly Float32Array[],
  at: number,
  to: readonly Float32Array[],
  offset: number,
  count: number,
  channels: number,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const source = from[channel]!
    const target = to[channel]!
    for (let n = 0; n < count; n++) target[offset + n] = source[at + n]!
  }
}
