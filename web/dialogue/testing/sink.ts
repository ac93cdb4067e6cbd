import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { DialogueSink, Heard } from '../types.ts'
import type { HandClock } from './clock.ts'

interface Stretch {
  readonly segment: string
  readonly at: number
  readonly from: number
  readonly to: number
}

/** A loudspeaker that plays in a test's own time, and remembers what it was given. */
export class ScriptedSink implements DialogueSink {
  /** Every write, in order. */
  readonly written: { readonly segment: string; readonly seconds: number; readonly at: number }[] = []
  /** Loudness asked for, in order; `hold` is 0. */
  readonly loudness: number[] = []
  interrupts = 0
  /** Called before each write. */
  onWrite: (segment: string) => void = () => {}
  /** The next write fails so. */
  failure: Error | undefined
  readonly #clock: HandClock
  readonly #room: number
  readonly #stretches: Stretch[] = []
  readonly #waiting = new Set<(error?: Error) => void>()
  #queue: Promise<void> = Promise.resolve()
  #end = 0
  #played = 0
  #looked = 0
  #held = false
  #epoch = 0

  /** @param room seconds of sound that fit in */
  constructor(clock: HandClock, room = 0.5) {
    this.#clock = clock
    this.#room = room
  }

  get heard(): Heard | undefined {
    const played = this.#now()
    const stretch = this.#stretches.findLast(({ from }) => from < played)
    return stretch && { segment: stretch.segment, at: stretch.at + Math.min(played, stretch.to) - stretch.from }
  }

  /** Seconds that were given and not played. */
  get ahead(): number {
    return this.#end - this.#now()
  }

  write({ samples, sampleRate, segment, at }: PcmChunk): Promise<void> {
    const seconds = samples.length / sampleRate
    this.onWrite(segment)
    this.written.push({ segment, seconds, at: this.#clock.now() })
    if (this.failure) return Promise.reject(this.failure)
    return this.#put(segment, at, seconds)
  }

  writeSilence(seconds: number): Promise<void> {
    const last = this.#stretches.at(-1)
    return last ? this.#put(last.segment, last.at + last.to - last.from, seconds) : Promise.resolve()
  }

  async flush(): Promise<void> {
    await this.#queue
    const epoch = this.#epoch
    while (this.ahead > 1e-9) await this.#wait(this.ahead, epoch)
  }

  interrupt(): Heard | undefined {
    const { heard } = this
    this.interrupts += 1
    this.#epoch += 1
    this.#stretches.length = 0
    this.#played = this.#end
    for (const wake of [...this.#waiting]) wake(new SeamError('cancelled', 'Interrupted.'))
    return heard
  }

  duck(level: number): void {
    this.loudness.push(level)
  }

  hold(held: boolean): void {
    this.#now()
    this.#held = held
    this.loudness.push(held ? 0 : 1)
    for (const wake of [...this.#waiting]) wake()
  }

  #put(segment: string, at: number, seconds: number): Promise<void> {
    const epoch = this.#epoch
    const turn = this.#queue.then(async () => {
      if (epoch !== this.#epoch) throw new SeamError('cancelled', 'Interrupted.')
      while (this.ahead + seconds > Math.max(this.#room, seconds) + 1e-9) {
        await this.#wait(this.ahead + seconds - Math.max(this.#room, seconds), epoch)
      }
      this.#stretches.push({ segment, at, from: this.#end, to: this.#end + seconds })
      this.#end += seconds
    })
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Seconds played until now. */
  #now(): number {
    const now = this.#clock.now()
    if (!this.#held) this.#played = Math.min(this.#end, this.#played + (now - this.#looked) / 1000)
    this.#looked = now
    return this.#played
  }

  #wait(seconds: number, epoch: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (error?: Error) => {
        stop()
        this.#waiting.delete(wake)
        if (error ?? epoch !== this.#epoch) reject(error ?? new SeamError('cancelled', 'Interrupted.'))
        else resolve()
      }
      // While it is held, only `hold` wakes.
      const stop = this.#held ? () => {} : this.#clock.after(Math.max(1, seconds * 1000), () => wake())
      this.#waiting.add(wake)
    })
  }
}
