import { join } from 'node:path'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { fromErrorData, toSeamError } from '#protocol/errors.ts'
import type { Caption, SoundChunk, Transcriber, TranscribeRun, TranscriberInfo } from '#protocol/transcribe.ts'
import { Flow } from '../process/flow.ts'
import { ProcessPool } from '../process/pool.ts'
import { Feeder } from './feeder.ts'
import { LiveListener, type LiveRun } from './live.ts'
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

/**
 * Processes that turn speech into captions, one sound at a time each, started as sounds wait for them; and one more that
 * listens to whoever talks, several at a time.
 */
export class ListenerPool implements Transcriber {
  readonly info: TranscriberInfo
  readonly options: ListenerOptions
  readonly #pool: ProcessPool<ToListener, FromListener>
  readonly #live: LiveListener
  #latest = 0

  constructor(info: TranscriberInfo, options: ListenerOptions) {
    this.info = info
    this.options = options
    const { models, listeners, threads, idle } = options
    const process = {
      program: join(import.meta.dirname, 'listener.ts'),
      args: [models, String(threads)],
      does: 'listens',
      idle,
    }
    this.#pool = new ProcessPool({ ...process, most: listeners, patience: PATIENCE })
    this.#live = new LiveListener(process)
  }

  /** Of the processes that are there now. */
  get pids(): readonly number[] {
    return [...this.#pool.pids, ...this.#live.pids]
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
    const number = ++this.#latest
    const feeder = new Feeder(sound, number)
    const left = new AbortController()
    const signal = run.signal ? AbortSignal.any([run.signal, left.signal]) : left.signal
    const over = (end: () => void) => {
      feeder.stop()
      end()
      return true
    }
    const hear = (message: FromListener): boolean => {
      // A last piece of the sound before, which was heard as that ended.
      if (message.sound !== number) return false
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
        case 'event':
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
          send({ kind: 'listen', sound: number, lang: run.lang, live: run.live === true })
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

  /**
   * Everything as it is heard of somebody who talks: where speech begins and ends, and the captions. Any number may talk
   * at once; they share a process of their own, so that nobody else waits for them to stop.
   * @throws SeamError not-found (weights), engine, cancelled; whatever the sound throws
   */
  listen(sound: AsyncIterable<SoundChunk>, run?: LiveRun): AsyncGenerator<HearingEvent, void, undefined> {
    return this.#live.listen(sound, run)
  }

  /** Ends the processes, in the middle of a sound if need be. What was asked of them fails. */
  async close(): Promise<void> {
    this.#pool.close()
    this.#live.close()
  }
}
