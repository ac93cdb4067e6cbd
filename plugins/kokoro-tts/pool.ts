import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fromErrorData, SeamError } from '../../companion/protocol/errors.ts'
import type { Segment } from '../../companion/protocol/speech.ts'
import type { FromSession, ToSession } from './messages.ts'
import { SoundQueue } from './sound-queue.ts'

interface Session {
  readonly process: ChildProcess
  /** What it is speaking. */
  sound: SoundQueue | undefined
  ready: boolean
}

interface Waiting {
  readonly segment: Segment
  readonly sound: SoundQueue
}

export interface PoolOptions {
  readonly models: string
  readonly sessions: number
  readonly threads: number
}

/**
 * Sentences spoken for each session before one more is started. To open the network takes as long as to speak a few
 * sentences, and the processor is busy with those: a short text is done sooner by one session.
 */
const PATIENCE = 3

/** Processes that speak, started as sentences wait for them. */
export class Pool {
  readonly #options: PoolOptions
  readonly #sessions = new Set<Session>()
  readonly #waiting: Waiting[] = []
  #spoken = 0
  #broken: Error | undefined

  constructor(options: PoolOptions) {
    this.#options = options
    // A text comes sooner or later: the first is ready for it.
    this.#start()
  }

  /** Why nothing will be spoken any more: no session could be opened. */
  get broken(): Error | undefined {
    return this.#broken
  }

  /** The sound of a sentence, piece by piece. @throws SeamError while it is read */
  speak(segment: Segment): SoundQueue {
    const sound = new SoundQueue()
    if (this.#broken) sound.fail(this.#broken)
    else {
      this.#waiting.push({ segment, sound })
      this.#assign()
    }
    return sound
  }

  /** Ends the processes, in mid-sentence if need be. */
  close(): void {
    for (const { process } of this.#sessions) process.kill('SIGKILL')
    this.#sessions.clear()
  }

  #start(): void {
    const { models, threads } = this.#options
    const process = fork(join(import.meta.dirname, 'session.ts'), [models, String(threads)], {
      // Its standard output is our standard error: whatever it prints is log.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    })
    const session: Session = { process, sound: undefined, ready: false }
    this.#sessions.add(session)
    process.on('message', (message: FromSession) => this.#hear(session, message))
    process.on('error', error => this.#lost(session, error.message))
    process.on('exit', (code, signal) =>
      this.#lost(session, signal ? `it was ended by ${signal}` : `exit code ${code}`),
    )
  }

  #hear(session: Session, message: FromSession): void {
    switch (message.kind) {
      case 'sound':
        session.sound?.push(message.samples)
        return
      case 'ready':
        session.ready = true
        break
      case 'done':
        this.#spoken++
        session.sound?.end()
        session.sound = undefined
        break
      case 'failed':
        session.sound?.fail(fromErrorData(message.error))
        session.sound = undefined
        break
      case 'unusable':
        this.#fail(fromErrorData(message.error))
    }
    this.#assign()
  }

  #assign(): void {
    for (const session of this.#sessions) {
      if (!session.ready || session.sound) continue
      const next = this.#waiting.shift()
      if (!next) return
      session.sound = next.sound
      session.process.send({ segment: next.segment } satisfies ToSession)
    }
    const { size } = this.#sessions
    if (this.#waiting.length === 0 || size >= this.#options.sessions) return
    if (size === 0 || this.#spoken >= PATIENCE * size) this.#start()
  }

  /** A process that dies takes its sentence with it; the others go on, and when it was the last, another is started. */
  #lost(session: Session, why: string): void {
    if (!this.#sessions.delete(session)) return
    const error = new SeamError('engine', `The process that speaks has died (${why}). It may have run out of memory.`)
    if (!session.ready && this.#sessions.size === 0) this.#fail(error)
    session.sound?.fail(error)
    if (!this.#broken) this.#assign()
  }

  #fail(error: SeamError): void {
    this.#broken = error
    for (const { sound } of this.#waiting.splice(0)) sound.fail(error)
    for (const { sound } of this.#sessions) sound?.fail(error)
  }
}
