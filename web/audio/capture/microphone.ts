import { InputCheck } from '#dsp/input-check.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Outlet } from '../outlet.ts'
import { Feed } from './feed.ts'
import type { Inlet } from './inlet.ts'
import type { Microphone, MicrophoneTrouble } from './types.ts'

/** A device whose sound comes through a worklet. `start` begins it; whatever ends it lets go of the device. */
export class OpenMicrophone implements Microphone {
  readonly label: string
  readonly sampleRate: number
  readonly #track: MediaStreamTrack
  readonly #node: AudioWorkletNode
  readonly #inlet: Inlet
  readonly #outlet: Outlet
  readonly #check: InputCheck
  readonly #release: () => void
  readonly #scope = new AbortController()
  readonly #watchers = new Set<() => void>()
  /** There from the beginning: what is said before somebody reads waits. */
  #feed = new Feed()
  #isRead = false
  #lost = 0
  #told: MicrophoneTrouble | undefined
  #toldLost = 0
  #isElsewhere = false
  #closing: Promise<void> | undefined
  #error: SeamError | undefined

  constructor(
    track: MediaStreamTrack,
    context: AudioContext,
    node: AudioWorkletNode,
    inlet: Inlet,
    release: () => void,
  ) {
    this.label = track.label
    this.sampleRate = context.sampleRate
    this.#track = track
    this.#node = node
    this.#inlet = inlet
    this.#release = release
    this.#check = new InputCheck(context.sampleRate, track.getSettings().sampleRate)
    this.#outlet = new Outlet(context, () => this.#news())
    const { signal } = this.#scope
    track.addEventListener('ended', () => void this.#end(unplugged()), { signal })
    for (const change of ['mute', 'unmute']) track.addEventListener(change, () => this.#news(), { signal })
    node.addEventListener('processorerror', () => void this.#end(broken()), { signal })
  }

  get level(): number {
    return this.#check.takeLevel()
  }

  get trouble(): MicrophoneTrouble | undefined {
    if (this.#isElsewhere) return 'elsewhere'
    if (this.#closing) return undefined
    // The system has muted the device, or stopped all sound: a call came in, the laptop's lid was closed.
    if (this.#track.muted || !this.#outlet.running) return 'silent'
    return this.#check.trouble
  }

  get lost(): number | undefined {
    return this.#lost || undefined
  }

  async start(): Promise<void> {
    this.#inlet.attach(this.#node.port, samples => this.#take(samples))
    await this.#outlet.wake().catch((cause: unknown) => {
      throw new SeamError('refused', 'The browser listens only after a click or a key. Press the button again.', {
        retryable: true,
        cause,
        details: { reason: 'gesture' },
      })
    })
  }

  sound(): AsyncIterable<SoundChunk> {
    if (this.#isRead) {
      this.#feed.end()
      this.#feed = new Feed()
      if (this.#closing) this.#feed.end(this.#error)
    }
    this.#isRead = true
    return this.#feed.read()
  }

  watch(listener: () => void): () => void {
    const entry = () => listener()
    this.#watchers.add(entry)
    return () => this.#watchers.delete(entry)
  }

  close(): Promise<void> {
    return this.#end()
  }

  /** Another tab listens from now on. */
  giveUp(): void {
    if (this.#closing) return
    this.#isElsewhere = true
    void this.#end()
  }

  #take(samples: Float32Array<ArrayBuffer>): void {
    this.#check.hear(samples)
    this.#lost = this.#inlet.lost / this.sampleRate
    this.#feed.push({ samples, sampleRate: this.sampleRate, channels: 1 })
    this.#news()
  }

  #news(): void {
    const { trouble } = this
    if (trouble === this.#told && this.#lost === this.#toldLost) return
    this.#told = trouble
    this.#toldLost = this.#lost
    for (const watcher of [...this.#watchers]) watcher()
  }

  #end(error?: SeamError): Promise<void> {
    return (this.#closing ??= this.#finish(error))
  }

  /** Gives out what has come, then lets go of everything. */
  async #finish(error?: SeamError): Promise<void> {
    this.#error = error
    this.#scope.abort()
    await this.#inlet.close()
    this.#feed.end(error)
    this.#track.stop()
    this.#node.disconnect()
    this.#release()
    this.#news()
    this.#watchers.clear()
    await this.#outlet.close()
  }
}

function unplugged(): SeamError {
  return new SeamError(
    'not-found',
    'The microphone is gone: it was unplugged, or taken from this page. What was heard until then was kept. Connect one, and start again.',
    { details: { reason: 'unplugged' } },
  )
}

function broken(): SeamError {
  return new SeamError(
    'engine',
    'The microphone’s audio worklet stopped. What was heard until then was kept. Start again.',
    { details: { reason: 'worklet' } },
  )
}
