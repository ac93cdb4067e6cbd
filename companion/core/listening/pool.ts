import { join } from 'node:path'
import { fromErrorData, toSeamError } from '#protocol/errors.ts'
import type { Caption, SoundChunk, Transcriber, TranscribeRun, TranscriberInfo } from '#protocol/transcribe.ts'
import { Flow } from '../process/flow.ts'
import { ProcessPool } from '../process/pool.ts'
import { Feeder } from './feeder.ts'
import type { FromListener, ToListener } from './messages.ts'

export interface ListenerOptions {
  /** The folder of weights. */
  readonly models: string
  /** Processes at most. */
  readonly listeners: number
  /** Processor threads of each. */
  readonly threads: number
  /** Milliseconds without work after which the processes are ended and their memory is free; for ever when absent. */
  readonly idle?: number
}

/** Sounds heard for each process before one more is started: a sound takes longer than a process to open. */
const PATIENCE = 0

/** Processes that turn speech into captions, one sound at a time each, started as sounds wait for them. */
export class ListenerPool implements Transcriber {
  readonly info: TranscriberInfo
  readonly options: ListenerOptions
  readonly #pool: ProcessPool<ToListener, FromListener>

  constructor(info: TranscriberInfo, options: ListenerOptions) {
    this.info = info
    this.options = options
    const { models, listeners, threads, idle } = options
    this.#pool = new ProcessPool({
      program: join(import.meta.dirname, 'listener.ts'),
      args: [models, String(threads)],
      does: 'listens',
      most: listeners,
      patience: PATIENCE,
      idle,
    })
  }

  /** Of the processes that are there now. */
  get pids(): readonly number[] {
    return this.#pool.pids
  }

  supports(): boolean {
    return true
  }

  /** Starts the first process; whether its weights are here is found when it is first used. */
  async load(): Promise<void> {
    this.#pool.warm()
  }

  /** The sound is read only once there is a process for it. */
  async *transcribe(sound: AsyncIterable<SoundChunk>, run: TranscribeRun = {}): AsyncGenerator<Caption> {
    const captions = new Flow<Caption>()
    const feeder = new Feeder(sound)
    const left = new AbortController()
    const signal = run.signal ? AbortSignal.any([run.signal, left.signal]) : left.signal
    const over = (end: () => void) => {
      feeder.stop()
      end()
      return true
    }
    const hear = (message: FromListener): boolean => {
      switch (message.kind) {
        case 'more':
          feeder.more()
          return false
        case 'progress':
          run.onProgress?.({ done: message.seconds })
          return false
        case 'caption':
          captions.push(message.caption)
          return false
        case 'done':
          return over(() => captions.end())
        case 'failed':
          return over(() => captions.fail(fromErrorData(message.error)))
      }
    }
    this.#pool.run(
      {
        begin(send) {
          send({ kind: 'listen', lang: run.lang, live: run.live === true })
          feeder.start(send).catch((error: unknown) => {
            captions.fail(toSeamError(error))
            left.abort()
          })
        },
        hear,
        fail: error => over(() => captions.fail(error)),
      },
      signal,
    )
    try {
      yield* captions
    } finally {
      feeder.stop()
      left.abort()
    }
  }

  /** Ends the processes, in the middle of a sound if need be. What was asked of them fails. */
  async close(): Promise<void> {
    this.#pool.close()
  }
}
