import { clockSize, interruptFlag, rateUnit, unwrap, word } from '#dsp/controls.ts'
import { type Frames, Intake } from '#dsp/intake.ts'
import { MAX_DRIFT } from '#dsp/rate-controller.ts'
import { Resampler } from '#dsp/resampler.ts'
import { Timeline } from '#dsp/timeline.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'
import { type Link, MessageLink, SharedLink } from './link.ts'
import { Outlet } from './outlet.ts'
import { listenIn } from './tap.ts'
import workletUrl from './player.worklet.ts?worker&url'
import type { Heard, PlayerState, SpeakerPlayer } from './sink.ts'

export interface PlayerOptions {
  /** Hz of the ring; chunks of other rates are converted. Default 24,000. */
  readonly sampleRate?: number
  /** Default 1: chunks of two channels are mixed down. */
  readonly channels?: 1 | 2
  /** Seconds of sound that may wait in the ring. Default 10. */
  readonly buffer?: number
  /**
   * For sound that comes live and can't be held back: seconds of it that should wait to be heard. Less is gathered first,
   * more is caught up with. Without it nothing is ever left out: `write` waits for room.
   */
  readonly live?: number
  /** `playback` (the default) asks for few wake-ups, `interactive` for a short way to the ear. */
  readonly latency?: 'interactive' | 'playback'
  /** false uses messages even where memory can be shared. */
  readonly shared?: boolean
}

/** Seconds in which a change of volume takes effect, by about two thirds. */
const volumeRamp = 0.01
/** Milliseconds between two looks at the clock while something waits for it to come to a place. */
const lookEvery = 50
/** A rate that every device has a filter for, when the device's own has none. */
const standardRate = 48_000

/**
 * Opens the speakers. Sound starts with `play`, after a user gesture.
 * @throws SeamError bad-input; unsupported when the browser has no AudioWorklet, it can't be loaded, or nothing converts
 * the sample rate
 */
export async function createPlayer(options: PlayerOptions = {}): Promise<SpeakerPlayer> {
  const { sampleRate = 24_000, channels = 1, buffer = 10, live, latency: latencyHint = 'playback' } = options
  if (!(buffer > 0 && buffer <= 600)) {
    throw new SeamError('bad-input', `The player's buffer must be between 0 and 600 seconds, and ${buffer} is not.`)
  }
  if (live !== undefined && !(live > 0 && live + MAX_DRIFT <= buffer)) {
    throw new SeamError(
      'bad-input',
      `Live sound must wait more than 0 seconds, and ${MAX_DRIFT} less than the player’s ${buffer}; ${live} is not that.`,
    )
  }
  let context = new AudioContext({ latencyHint })
  try {
    if (!Resampler.supports(sampleRate, context.sampleRate)) {
      await context.close()
      context = new AudioContext({ latencyHint, sampleRate: standardRate })
    }
    await context.audioWorklet.addModule(workletUrl)
  } catch (cause) {
    await context.close()
    throw new SeamError('unsupported', 'This browser can’t play sound from the page: its audio worklet did not load.', {
      cause,
    })
  }
  if (!Resampler.supports(sampleRate, context.sampleRate)) {
    await context.close()
    throw new SeamError('unsupported', `Sound at ${sampleRate} Hz can’t be played: use a standard rate.`)
  }
  const shared = options.shared !== false && globalThis.crossOriginIsolated === true
  const ring = { channels, sampleRate, frames: Math.ceil(buffer * sampleRate), live }
  return new WorkletPlayer(context, shared ? new SharedLink(ring) : new MessageLink(ring))
}

class WorkletPlayer implements SpeakerPlayer {
  readonly output: GainNode
  readonly #context: AudioContext
  readonly #outlet: Outlet
  readonly #node: AudioWorkletNode
  readonly #link: Link
  readonly #timeline: Timeline
  readonly #intake: Intake
  readonly #watchers = new Set<() => void>()
  readonly #waiting = new Set<() => void>()
  #queue: Promise<void> = Promise.resolve()
  /** Counts interrupts: what was begun before one must not go on after it. */
  #epoch = 0
  #over: SeamError | undefined
  #wanted = false
  #ended = true
  /** Frames given out since the start, and those that have come to the ear. */
  #clock = 0
  #ear = 0
  #rate = 1
  #volume = 1
  #told: PlayerState = 'idle'
  #frame = 0

  constructor(context: AudioContext, link: Link) {
    const { sampleRate, channels } = link.options
    this.#context = context
    this.#link = link
    this.#timeline = new Timeline(sampleRate)
    this.#intake = new Intake(sampleRate, channels)
    this.#node = new AudioWorkletNode(context, 'voxloom-player', {
      numberOfInputs: 0,
      outputChannelCount: [channels],
      processorOptions: link.options,
    })
    this.output = new GainNode(context)
    this.#node.connect(this.output).connect(context.destination)
    this.#node.addEventListener('processorerror', () =>
      this.#end(new SeamError('engine', 'The player’s audio worklet stopped. Reload the page; nothing saved is lost.')),
    )
    this.#outlet = new Outlet(context, () => this.#news())
    link.attach(this.#node.port)
    link.set(word.ended, 1)
    link.listen(() => this.#news())
  }

  get shared(): boolean {
    return this.#link.options.shared !== undefined
  }

  get underruns(): number {
    return this.#link.get(word.underruns)
  }

  get slipped(): number {
    return this.#link.get(word.slipped) / this.#link.options.sampleRate
  }

  get resyncs(): number {
    return this.#link.get(word.resyncs)
  }

  get state(): PlayerState {
    const drained = this.#given() >= this.#timeline.written
    if (this.#over || (drained && this.#ended)) return 'idle'
    if (!this.#wanted || !this.#outlet.running) return 'paused'
    return drained || this.#gathers ? 'starved' : 'playing'
  }

  get heard(): Heard | undefined {
    const given = this.#given()
    // What was given out is on its way to the ear; while nothing new is, all of it has arrived.
    const onTheWay = this.state === 'playing' ? this.#outlet.latency * this.#link.options.sampleRate * this.#rate : 0
    this.#ear = Math.max(this.#ear, given - onTheWay)
    return this.#timeline.placeOf(this.#ear)
  }

  get rate(): number {
    return this.#rate
  }

  set rate(rate: number) {
    if (Number.isNaN(rate)) throw new SeamError('bad-input', 'The playing speed is not a number.')
    this.#rate = Math.min(3, Math.max(0.5, rate))
    this.#link.set(word.rate, Math.round(this.#rate * rateUnit))
  }

  get volume(): number {
    return this.#volume
  }

  set volume(volume: number) {
    if (Number.isNaN(volume)) throw new SeamError('bad-input', 'The volume is not a number.')
    this.#volume = Math.min(1, Math.max(0, volume))
    this.output.gain.setTargetAtTime(this.#volume, this.#context.currentTime, volumeRamp)
  }

  write(chunk: PcmChunk): Promise<void> {
    return this.#inTurn(async epoch => {
      const frames = this.#intake.take(chunk.samples, chunk.sampleRate, chunk.channels)
      await this.#push(frames, epoch, { segment: chunk.segment, at: chunk.at - frames.behind })
    })
  }

  writeSilence(seconds: number): Promise<void> {
    return this.#inTurn(async epoch => {
      if (!(seconds >= 0 && seconds < 3600)) {
        throw new SeamError('bad-input', `Silence must last from 0 seconds to an hour, and ${seconds} is not that.`)
      }
      const { sampleRate, channels } = this.#link.options
      await this.#push(this.#intake.finish(), epoch)
      const frames = Math.round(seconds * sampleRate)
      const second = new Float32Array(Math.min(frames, sampleRate) * channels)
      for (let left = frames; left > 0; left -= sampleRate) {
        await this.#push({ samples: second, frames: Math.min(left, sampleRate) }, epoch)
      }
    })
  }

  async flush(): Promise<void> {
    const epoch = this.#epoch
    await this.#inTurn(async () => {
      await this.#push(this.#intake.finish(), epoch)
      this.#setEnded(true)
    })
    const last = this.#timeline.written
    while (this.#given() < last) await this.#change(epoch, lookEvery)
    this.#news()
    if (last > 0) await this.#pass(epoch, this.#outlet.latency * 1000)
  }

  interrupt(): Heard | undefined {
    const clock = this.#link.interrupt(this.#timeline.written & (clockSize - 1))
    // With the flag set, the worklet has not even seen the last interrupt: nothing sounded since.
    const given = clock & interruptFlag ? this.#clock : unwrap(this.#clock, clock)
    const place = this.#timeline.placeOf(given)
    this.#timeline.clear()
    this.#intake.reset()
    this.#clock = this.#timeline.written
    this.#ear = this.#clock
    this.#epoch += 1
    this.#setEnded(true)
    this.#news()
    return place
  }

  async play(): Promise<void> {
    if (this.#over) throw this.#over
    this.#setWanted(true)
    try {
      await this.#outlet.wake()
    } catch (error) {
      if (!this.#outlet.running) this.#setWanted(false)
      throw error
    }
    this.#news()
  }

  pause(): void {
    this.#setWanted(false)
  }

  listenIn(take: (samples: Float32Array, sampleRate: number) => void): Promise<() => void> {
    return listenIn(this.output, samples => take(samples, this.#context.sampleRate))
  }

  watch(listener: () => void): () => void {
    const entry = () => listener()
    this.#watchers.add(entry)
    this.#news()
    return () => this.#watchers.delete(entry)
  }

  async close(): Promise<void> {
    this.#end(new SeamError('cancelled', 'The player is closed.'))
    this.#watchers.clear()
    await this.#outlet.close()
  }

  /** Whether live sound waits until there is enough of it. */
  get #gathers(): boolean {
    return this.#link.options.live !== undefined && !this.#ended && this.#link.get(word.flowing) === 0
  }

  /** Frames that were given out. */
  #given(): number {
    const clock = this.#link.get(word.clock)
    if (!(clock & interruptFlag)) this.#clock = unwrap(this.#clock, clock)
    return this.#clock
  }

  /** Runs `work` when what came before it is done, so that sound keeps the order of the calls. */
  #inTurn(work: (epoch: number) => Promise<void>): Promise<void> {
    const epoch = this.#epoch
    const turn = this.#queue.then(() => {
      this.#check(epoch)
      return work(epoch)
    })
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Writes all frames, as room comes. Without a place they belong to what was written last. */
  async #push(
    { samples, frames }: Pick<Frames, 'samples' | 'frames'>,
    epoch: number,
    place?: { readonly segment: SegmentId; readonly at: number },
  ): Promise<void> {
    const { sampleRate, frames: size } = this.#link.options
    if (frames > 0) this.#setEnded(false)
    for (let done = 0; done < frames;) {
      const count = this.#link.write(samples, done, frames - done)
      if (place) this.#timeline.add(place.segment, place.at + done / sampleRate, count)
      else this.#timeline.extend(count)
      done += count
      if (count > 0) {
        this.#news()
        continue
      }
      this.#link.set(word.roomWanted, Math.min(frames - done, Math.ceil(size / 4)))
      await this.#change(epoch)
    }
  }

  #setWanted(wanted: boolean): void {
    this.#wanted = wanted
    this.#link.set(word.wanted, wanted ? 1 : 0)
    this.#news()
  }

  #setEnded(ended: boolean): void {
    if (this.#ended === ended) return
    this.#ended = ended
    this.#link.set(word.ended, ended ? 1 : 0)
  }

  /** Something may have changed: whoever waits looks again. */
  #news(): void {
    for (const wake of [...this.#waiting]) wake()
    const state = this.state
    if (state !== this.#told) {
      this.#told = state
      if (state === 'idle' || !this.#wanted) this.#outlet.rest()
      else void this.#outlet.wake().catch(() => {})
      this.#tell()
    }
    if (state === 'playing' && this.#watchers.size > 0 && !this.#frame) this.#nextFrame()
  }

  #nextFrame(): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      if (this.state === this.#told && this.#told === 'playing') this.#tell()
      this.#news()
    })
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** Waits for news, or `milliseconds`. @throws SeamError cancelled after an interrupt or a close */
  #change(epoch: number, milliseconds?: number): Promise<void> {
    this.#check(epoch)
    return new Promise((resolve, reject) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        try {
          this.#check(epoch)
          resolve()
        } catch (error) {
          reject(error)
        }
      }
      const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds)
      this.#waiting.add(wake)
    })
  }

  async #pass(epoch: number, milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds
    for (let left = milliseconds; left > 0; left = until - performance.now()) await this.#change(epoch, left)
  }

  #check(epoch: number): void {
    if (this.#over) throw this.#over
    if (epoch !== this.#epoch) {
      throw new SeamError('cancelled', 'Playing was interrupted before this sound was heard.')
    }
  }

  #end(why: SeamError): void {
    if (this.#over) return
    this.#over = why
    this.#link.close()
    this.#node.disconnect()
    cancelAnimationFrame(this.#frame)
    this.#news()
  }
}
