import { Timer } from '#dialogue/clock.ts'
import type { Clock, DialogueSink, Heard } from '#dialogue/types.ts'
import { Intake } from '#dsp/intake.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'
import { LEAD } from './limits.ts'
import { Playhead } from './playhead.ts'

/** Seconds of one binary message: what is lost or late when somebody breaks in is a part of it. */
export const BLOCK = 0.04
/** Seconds by which sums of seconds may be off. */
const ROUNDING = 1e-9

/** Where a reply goes. */
export interface SinkOutlet {
  /** Resolves when all that was told before is on its way, and there is room for more. */
  ready(): Promise<void>
  /** Sound of another reply follows. */
  started(): void
  /** Mono, at the sink's rate. */
  sound(samples: Float32Array<ArrayBuffer>): void
}

interface Waiting {
  readonly timer: Timer
  readonly look: () => void
}

/**
 * Sends a reply to somebody who is elsewhere, a little ahead of what is heard there and never more. What was not sent yet
 * can still be made softer, held, or thrown away.
 */
export class PacedSink implements DialogueSink {
  readonly #clock: Clock
  readonly #outlet: SinkOutlet
  readonly #sampleRate: number
  readonly #intake: Intake
  readonly #playhead: Playhead
  readonly #waiting = new Set<Waiting>()
  #sounding = false
  #held = false
  #level = 1
  /** Loudness of the last sample that was sent. */
  #loud = 1
  #epoch = 0

  constructor(clock: Clock, outlet: SinkOutlet, sampleRate: number) {
    this.#clock = clock
    this.#outlet = outlet
    this.#sampleRate = sampleRate
    this.#intake = new Intake(sampleRate, 1)
    this.#playhead = new Playhead(clock)
  }

  get heard(): Heard | undefined {
    return this.#playhead.place
  }

  async write({ samples, sampleRate, channels, segment, at }: PcmChunk): Promise<void> {
    const epoch = this.#epoch
    const taken = this.#intake.take(samples, sampleRate, channels)
    // A copy: what the intake gives holds until it is used again.
    const own = taken.samples.slice(0, taken.frames)
    await this.#send(own, segment, Math.max(0, at - taken.behind), epoch)
  }

  async writeSilence(seconds: number): Promise<void> {
    const epoch = this.#epoch
    await this.#sendRest(epoch)
    const { end } = this.#playhead
    if (!end) return
    await this.#send(new Float32Array(Math.round(seconds * this.#sampleRate)), end.segment, end.at, epoch)
  }

  async flush(): Promise<void> {
    const epoch = this.#epoch
    await this.#sendRest(epoch)
    await this.#wait(
      epoch,
      () => this.#playhead.ahead <= ROUNDING,
      () => this.#playhead.until(0),
    )
    // Where the listener is stays known until the next reply.
    this.#sounding = false
  }

  interrupt(): Heard | undefined {
    const { heard } = this
    this.#epoch += 1
    this.#sounding = false
    this.#intake.reset()
    this.#playhead.reset()
    this.#wake()
    return heard
  }

  duck(level: number): void {
    this.#level = level
  }

  hold(held: boolean): void {
    this.#held = held
    this.#wake()
  }

  /** The listener has played so many samples of this reply. */
  report(samples: number): void {
    if (!this.#sounding) return
    this.#playhead.report(samples / this.#sampleRate)
    this.#wake()
  }

  /** What a change of the rate holds back. */
  async #sendRest(epoch: number): Promise<void> {
    const rest = this.#intake.finish()
    const { end } = this.#playhead
    if (rest.frames > 0 && end) await this.#send(rest.samples.slice(0, rest.frames), end.segment, end.at, epoch)
  }

  async #send(samples: Float32Array<ArrayBuffer>, segment: SegmentId, at: number, epoch: number): Promise<void> {
    const size = Math.round(BLOCK * this.#sampleRate)
    for (let from = 0; from < samples.length; from += size) {
      const block = samples.slice(from, from + size)
      const seconds = block.length / this.#sampleRate
      await this.#room(seconds, epoch)
      await this.#outlet.ready()
      // It may have been held while it waited for the line.
      await this.#room(seconds, epoch)
      if (!this.#sounding) this.#begin()
      this.#outlet.sound(this.#scaled(block))
      this.#playhead.send(segment, at + from / this.#sampleRate, seconds)
    }
  }

  /** Waits until so much may be sent. */
  #room(seconds: number, epoch: number): Promise<void> {
    const most = LEAD - seconds
    return this.#wait(
      epoch,
      () => !this.#held && (!this.#sounding || this.#playhead.ahead <= most + ROUNDING),
      () => (this.#held ? Infinity : this.#playhead.until(most)),
    )
  }

  #begin(): void {
    this.#sounding = true
    this.#loud = this.#level
    this.#playhead.reset()
    this.#outlet.started()
  }

  /** From the loudness before to that of now, without a click; never beyond what was promised. */
  #scaled(block: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    const from = this.#loud
    const to = this.#level
    this.#loud = to
    return block.map((sample, n) => {
      const level = from + ((to - from) * (n + 1)) / block.length
      return Math.max(-1, Math.min(1, sample * level))
    })
  }

  /** @param due milliseconds until it may hold; Infinity when only `hold` can tell */
  async #wait(epoch: number, holds: () => boolean, due: () => number): Promise<void> {
    this.#require(epoch)
    while (!holds()) {
      await new Promise<void>(resolve => {
        const timer = new Timer(this.#clock)
        const waiting: Waiting = {
          timer,
          look: () => {
            timer.stop()
            this.#waiting.delete(waiting)
            resolve()
          },
        }
        this.#waiting.add(waiting)
        const wait = due()
        if (Number.isFinite(wait)) timer.start(Math.max(1, wait), waiting.look)
      })
      this.#require(epoch)
    }
  }

  #require(epoch: number): void {
    if (epoch !== this.#epoch) throw new SeamError('cancelled', 'The reply was broken off.')
  }

  #wake(): void {
    for (const { look } of [...this.#waiting]) look()
  }
}
