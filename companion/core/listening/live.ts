import type { HearingEvent, HearRun } from '#engine/transcribe/events.ts'
import { fromErrorData, SeamError, toSeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Flow } from '../process/flow.ts'
import { ProcessPool, type ProcessPoolOptions } from '../process/pool.ts'
import { Feeder } from './feeder.ts'
import type { FromListener, ToListener } from './messages.ts'

/** How somebody who talks is listened to. */
export type LiveRun = Pick<HearRun, 'signal' | 'lang' | 'rules' | 'since'> & {
  /** All before it was heard, and what was found there is told. Seconds from the start of the whole sound. */
  readonly onHeard?: (seconds: number) => void
}

type Send = (message: ToListener) => void

/** One that talks. */
interface Talker {
  begin(send: Send): void
  /** @returns whether that was the last word */
  hear(message: FromListener): boolean
  fail(error: SeamError): void
}

/**
 * One process that listens to several people at once: a talk lasts for minutes, and is silence for the most part. It is
 * started with the first of them, and at rest after the last.
 */
export class LiveListener {
  readonly #pool: ProcessPool<ToListener, FromListener>
  readonly #talkers = new Map<number, Talker>()
  /** Set while the process is theirs. */
  #send: Send | undefined
  /** Gives up waiting for the process. */
  #waiting: AbortController | undefined
  #latest = 0

  constructor(process: Pick<ProcessPoolOptions, 'program' | 'args' | 'does' | 'idle'>) {
    this.#pool = new ProcessPool({ ...process, idle: process.idle, most: 1, patience: 0 })
  }

  get pids(): readonly number[] {
    return this.#pool.pids
  }

  /** What is heard, as it is heard. @throws SeamError not-found (weights), engine, cancelled; whatever the sound throws */
  async *listen(sound: AsyncIterable<SoundChunk>, run: LiveRun = {}): AsyncGenerator<HearingEvent, void, undefined> {
    const { signal, lang, rules, since, onHeard } = run
    signal?.throwIfAborted()
    const number = ++this.#latest
    const events = new Flow<HearingEvent>()
    const feeder = new Feeder(sound, number)
    const talk = { ...(rules && { rules }), ...(since && { since }) }
    this.#add(number, {
      begin: send => {
        send({ kind: 'listen', sound: number, lang, live: true, talk })
        feeder.start(send).catch((error: unknown) => events.fail(toSeamError(error)))
      },
      hear: message => {
        if (message.kind === 'event') events.push(message.event)
        else if (message.kind === 'more') {
          feeder.more()
          onHeard?.((since?.at ?? 0) + feeder.heard)
        } else if (message.kind === 'done') events.end()
        else if (message.kind === 'failed') events.fail(fromErrorData(message.error))
        return message.kind === 'done' || message.kind === 'failed'
      },
      fail: error => events.fail(error),
    })
    const onAbort = () => events.fail(new SeamError('cancelled', 'Cancelled.'))
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      yield* events
    } finally {
      signal?.removeEventListener('abort', onAbort)
      feeder.stop()
      this.#leave(number)
    }
  }

  close(): void {
    this.#pool.close()
  }

  #add(number: number, talker: Talker): void {
    this.#talkers.set(number, talker)
    if (this.#send) talker.begin(this.#send)
    else if (!this.#waiting) this.#start()
  }

  #start(): void {
    const waiting = (this.#waiting = new AbortController())
    this.#pool.run(
      {
        begin: send => {
          this.#send = send
          for (const talker of this.#talkers.values()) talker.begin(send)
        },
        hear: message => {
          if (!this.#talkers.get(message.sound)?.hear(message)) return false
          this.#talkers.delete(message.sound)
          if (this.#talkers.size > 0) return false
          this.#rest()
          return true
        },
        fail: error => {
          const talkers = [...this.#talkers.values()]
          this.#talkers.clear()
          this.#rest()
          for (const talker of talkers) talker.fail(error)
        },
      },
      waiting.signal,
    )
  }

  #rest(): void {
    this.#send = undefined
    this.#waiting = undefined
  }

  /** The process is told, and has the last word; one that is not there yet is not waited for. */
  #leave(number: number): void {
    if (!this.#talkers.has(number)) return
    if (this.#send) return this.#send({ kind: 'leave', sound: number })
    this.#talkers.delete(number)
    if (this.#talkers.size === 0) this.#waiting?.abort()
  }
}
