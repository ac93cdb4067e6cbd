import { join } from 'node:path'
import { fromErrorData, type SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import { Flow } from '../process/flow.ts'
import { ProcessPool } from '../process/pool.ts'
import type { FromSpeaker, ToSpeaker } from './messages.ts'

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

/** Processes that speak with Kokoro, started as sentences wait for them. */
export class SpeakerPool {
  readonly options: PoolOptions
  readonly #pool: ProcessPool<ToSpeaker, FromSpeaker>
  #realTimeFactor: number | undefined

  constructor(options: PoolOptions) {
    this.options = options
    const { models, speakers, threads, idle } = options
    this.#pool = new ProcessPool({
      program: join(import.meta.dirname, 'speaker.ts'),
      args: [models, String(threads)],
      does: 'speaks',
      most: speakers,
      patience: PATIENCE,
      idle,
    })
  }

  /** Why the last process could not be opened: what waited has failed with it. The next `speak` tries again. */
  get broken(): SeamError | undefined {
    return this.#pool.broken
  }

  /** Seconds of work a second of sound, as the last sentence was spoken. */
  get realTimeFactor(): number | undefined {
    return this.#realTimeFactor
  }

  /** Of the processes that are there now. */
  get pids(): readonly number[] {
    return this.#pool.pids
  }

  /** Starts the first process before anybody waits for it. */
  warm(): void {
    this.#pool.warm()
  }

  /** The sound of a sentence, chunk by chunk. @throws SeamError while it is read: engine, not-found (weights), bad-input */
  speak(segment: Segment, signal?: AbortSignal): AsyncIterable<PcmChunk> {
    // One sentence, and so bounded.
    const spoken = new Flow<PcmChunk>()
    const hear = (message: FromSpeaker) => {
      if (message.kind === 'sound') {
        spoken.push(message.chunk)
        return false
      }
      if (message.kind === 'done') {
        this.#realTimeFactor = message.realTimeFactor
        spoken.end()
      } else spoken.fail(fromErrorData(message.error))
      return true
    }
    this.#pool.run({ begin: send => send({ kind: 'speak', segment }), hear, fail: error => spoken.fail(error) }, signal)
    return spoken
  }

  /** Ends the processes, in mid-sentence if need be. What was asked of them fails. */
  close(): void {
    this.#pool.close()
  }
}
