import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fromErrorData, SeamError } from '#protocol/errors.ts'
import type { Segment } from '#protocol/speech.ts'
import type { FromSpeaker, ToSpeaker } from './messages.ts'
import { Spoken } from './spoken.ts'

interface Speaker {
  readonly process: ChildProcess
  /** What it is speaking. */
  spoken: Spoken | undefined
  ready: boolean
}

interface Waiting {
  readonly segment: Segment
  readonly spoken: Spoken
  readonly signal: AbortSignal | undefined
}

export interface PoolOptions {
  /** The folder of weights. */
  readonly models: string
  /** Processes at most. */
  readonly speakers: number
  /** Processor threads of each. */
  readonly threads: number
  /** Milliseconds without work after which the processes are ended and their memory is free; for ever when absent. */
  readonly idle?: number
}

/**
 * Sentences spoken for each process before one more is started. To open the network takes as long as to speak a few
 * sentences, and the processor is busy with those: a short text is done sooner by one process.
 */
const PATIENCE = 3

const cancelled = () => new SeamError('cancelled', 'Cancelled.')

/** Processes that speak with Kokoro, started as sentences wait for them. */
export class SpeakerPool {
  readonly options: PoolOptions
  readonly #speakers = new Set<Speaker>()
  readonly #waiting: Waiting[] = []
  #count = 0
  /** Processes at a time, as far as was found out. */
  #most: number
  #broken: SeamError | undefined
  #realTimeFactor: number | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(options: PoolOptions) {
    this.options = options
    this.#most = options.speakers
  }

  /** Why the last process could not be opened: what waited has failed with it. The next `speak` tries again. */
  get broken(): SeamError | undefined {
    return this.#broken
  }

  /** Seconds of work a second of sound, as the last sentence was spoken. */
  get realTimeFactor(): number | undefined {
    return this.#realTimeFactor
  }

  /** Of the processes that are there now. */
  get pids(): readonly number[] {
    return [...this.#speakers].flatMap(({ process }) => process.pid ?? [])
  }

  /** Starts the first process before anybody waits for it. */
  warm(): void {
    if (this.#speakers.size === 0) this.#start()
  }

  /** The sound of a sentence, chunk by chunk. @throws SeamError while it is read: engine, not-found (weights), bad-input */
  speak(segment: Segment, signal?: AbortSignal): Spoken {
    const spoken = new Spoken()
    if (signal?.aborted) {
      spoken.fail(cancelled())
      return spoken
    }
    clearTimeout(this.#idle)
    this.#waiting.push({ segment, spoken, signal })
    signal?.addEventListener('abort', () => this.#abandon(spoken), { once: true })
    this.#assign()
    return spoken
  }

  /** Ends the processes, in mid-sentence if need be. What was asked of them fails. */
  close(): void {
    clearTimeout(this.#idle)
    const error = cancelled()
    for (const { spoken } of this.#waiting.splice(0)) spoken.fail(error)
    for (const { process, spoken } of this.#speakers) {
      spoken?.fail(error)
      process.kill('SIGKILL')
    }
    this.#speakers.clear()
  }

  #start(): void {
    const { models, threads } = this.options
    const process = fork(join(import.meta.dirname, 'speaker.ts'), [models, String(threads)], {
      // Its standard output is our standard error: whatever it prints is log.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    })
    const speaker: Speaker = { process, spoken: undefined, ready: false }
    this.#speakers.add(speaker)
    process.on('message', (message: FromSpeaker) => this.#hear(speaker, message))
    process.on('error', error => this.#lost(speaker, error.message))
    process.on('exit', (code, signal) =>
      this.#lost(speaker, signal ? `it was ended by ${signal}` : `exit code ${code}`),
    )
  }

  #hear(speaker: Speaker, message: FromSpeaker): void {
    switch (message.kind) {
      case 'sound':
        speaker.spoken?.push(message.chunk)
        return
      case 'ready':
        speaker.ready = true
        this.#broken = undefined
        break
      case 'done':
        this.#count++
        this.#realTimeFactor = message.realTimeFactor
        speaker.spoken?.end()
        speaker.spoken = undefined
        break
      case 'failed':
        speaker.spoken?.fail(fromErrorData(message.error))
        speaker.spoken = undefined
        break
      case 'unusable':
        this.#speakers.delete(speaker)
        speaker.process.kill('SIGKILL')
        // Where another one speaks, there is no room for two.
        this.#most = Math.max(1, this.#speakers.size)
        if (this.#speakers.size === 0) this.#fail(fromErrorData(message.error))
    }
    this.#assign()
  }

  #assign(): void {
    for (const speaker of this.#speakers) {
      if (!speaker.ready || speaker.spoken) continue
      const next = this.#waiting.shift()
      if (!next) break
      speaker.spoken = next.spoken
      speaker.process.send({ kind: 'speak', segment: next.segment } satisfies ToSpeaker)
    }
    const { size } = this.#speakers
    if (this.#waiting.length === 0) return this.#rest()
    if (size < this.#most && (size === 0 || this.#count >= PATIENCE * size)) this.#start()
  }

  /** Nobody waits: after a while nobody will. */
  #rest(): void {
    const { idle } = this.options
    clearTimeout(this.#idle)
    if (idle === undefined || [...this.#speakers].some(({ spoken }) => spoken)) return
    this.#idle = setTimeout(() => this.close(), idle).unref()
  }

  #abandon(spoken: Spoken): void {
    const at = this.#waiting.findIndex(waiting => waiting.spoken === spoken)
    if (at >= 0) this.#waiting.splice(at, 1)
    const speaker = [...this.#speakers].find(candidate => candidate.spoken === spoken)
    // It stops at the next chunk, and says so: until then it is busy.
    speaker?.process.send({ kind: 'abort' } satisfies ToSpeaker)
    spoken.fail(cancelled())
  }

  /** A process that dies takes its sentence with it; the others go on, and when it was the last, another is started. */
  #lost(speaker: Speaker, why: string): void {
    if (!this.#speakers.delete(speaker)) return
    const error = new SeamError('engine', `The process that speaks has died (${why}). It may have run out of memory.`, {
      retryable: true,
    })
    speaker.spoken?.fail(error)
    if (!speaker.ready) this.#most = Math.max(1, this.#speakers.size)
    if (!speaker.ready && this.#speakers.size === 0) this.#fail(error)
    else this.#assign()
  }

  #fail(error: SeamError): void {
    this.#broken = error
    for (const { spoken } of this.#waiting.splice(0)) spoken.fail(error)
  }
}
