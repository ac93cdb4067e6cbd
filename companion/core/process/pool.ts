import { fork, type ChildProcess } from 'node:child_process'
import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'

/** What a process of a pool says of itself, besides the answers to its work. */
export type Lifecycle = { readonly kind: 'ready' } | { readonly kind: 'unusable'; readonly error: ErrorData }

/** That the work under way is no longer wanted. The process stops when it can, and answers with its last word. */
export interface Abort {
  readonly kind: 'abort'
}

/** Something for one process to do. From `begin` to the last word it has the process for itself. */
export interface Work<To, From> {
  /** `send` does nothing once the work is over. */
  begin(send: (message: To) => void): void
  /** @returns whether that was the last word */
  hear(message: From): boolean
  /** It will not be done. Perhaps without `begin`, and perhaps a second time when it was aborted before. */
  fail(error: SeamError): void
}

export interface ProcessPoolOptions {
  /** The file that is run. */
  readonly program: string
  readonly args: readonly string[]
  /** What it does, for the sentence that says that it has died: “speaks”. */
  readonly does: string
  /** Processes at most. */
  readonly most: number
  /** Pieces of work done for each process before one more is started. */
  readonly patience: number
  /** Milliseconds without work after which the processes are ended and their memory is free; for ever when absent. */
  readonly idle?: number | undefined
}

interface Member<To, From> {
  readonly process: ChildProcess
  /** What it is doing. */
  work: Work<To, From> | undefined
  ready: boolean
}

const cancelled = () => new SeamError('cancelled', 'Cancelled.')

/** Processes of one kind that do one thing at a time, started as work waits for them. */
export class ProcessPool<To extends object, From extends object> {
  readonly #options: ProcessPoolOptions
  readonly #members = new Set<Member<To, From>>()
  readonly #waiting: Work<To, From>[] = []
  /** For each work that is not over: what stops it listening for the abort. */
  readonly #settles = new Map<Work<To, From>, () => void>()
  #count = 0
  /** Processes at a time, as far as was found out. */
  #most: number
  #broken: SeamError | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(options: ProcessPoolOptions) {
    this.#options = options
    this.#most = options.most
  }

  /** Why the last process could not be opened: what waited has failed with it. The next work tries again. */
  get broken(): SeamError | undefined {
    return this.#broken
  }

  /** Of the processes that are there now. */
  get pids(): readonly number[] {
    return [...this.#members].flatMap(({ process }) => process.pid ?? [])
  }

  /** Starts the first process before anybody waits for it. */
  warm(): void {
    if (this.#members.size === 0) this.#start()
  }

  /** Has the work done as soon as there is a process for it. */
  run(work: Work<To, From>, signal?: AbortSignal): void {
    if (signal?.aborted) return work.fail(cancelled())
    clearTimeout(this.#idle)
    const abandon = () => this.#abandon(work)
    signal?.addEventListener('abort', abandon, { once: true })
    this.#settles.set(work, () => signal?.removeEventListener('abort', abandon))
    this.#waiting.push(work)
    this.#assign()
  }

  /** Ends the processes, in the middle of their work if need be. What was asked of them fails. */
  close(): void {
    clearTimeout(this.#idle)
    this.#failWaiting(cancelled())
    for (const member of this.#members) {
      this.#fail(member, cancelled())
      member.process.kill('SIGKILL')
    }
    this.#members.clear()
  }

  #start(): void {
    const { program, args } = this.#options
    const process = fork(program, [...args], {
      // Its standard output is our standard error: whatever it prints is log.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    })
    const member: Member<To, From> = { process, work: undefined, ready: false }
    this.#members.add(member)
    process.on('message', message => this.#hear(member, message as From | Lifecycle))
    process.on('error', error => this.#lost(member, error.message))
    process.on('exit', (code, signal) => this.#lost(member, signal ? `it was ended by ${signal}` : `exit code ${code}`))
  }

  #hear(member: Member<To, From>, message: From | Lifecycle): void {
    if (isLifecycle(message)) {
      if (message.kind === 'ready') {
        member.ready = true
        this.#broken = undefined
      } else this.#drop(member, fromErrorData(message.error))
    } else if (member.work?.hear(message)) {
      this.#count++
      this.#settle(member.work)
      member.work = undefined
    } else return
    this.#assign()
  }

  /** A process that can't be used: where another one works, there is no room for two. */
  #drop(member: Member<To, From>, error: SeamError): void {
    this.#members.delete(member)
    member.process.kill('SIGKILL')
    this.#most = Math.max(1, this.#members.size)
    if (this.#members.size === 0) this.#break(error)
  }

  #assign(): void {
    for (const member of this.#members) {
      if (!member.ready || member.work) continue
      const work = this.#waiting.shift()
      if (!work) break
      member.work = work
      work.begin(message => {
        if (member.work === work && member.process.connected) member.process.send(message)
      })
    }
    const { size } = this.#members
    if (this.#waiting.length === 0) return this.#rest()
    if (size < this.#most && (size === 0 || this.#count >= this.#options.patience * size)) this.#start()
  }

  /** Nobody waits: after a while nobody will. */
  #rest(): void {
    const { idle } = this.#options
    clearTimeout(this.#idle)
    if (idle === undefined || [...this.#members].some(({ work }) => work)) return
    this.#idle = setTimeout(() => this.close(), idle).unref()
  }

  #abandon(work: Work<To, From>): void {
    const at = this.#waiting.indexOf(work)
    if (at >= 0) this.#waiting.splice(at, 1)
    this.#settle(work)
    const member = [...this.#members].find(candidate => candidate.work === work)
    // It stops when it can, and says so: until then it is busy.
    if (member?.process.connected) member.process.send({ kind: 'abort' } satisfies Abort)
    work.fail(cancelled())
  }

  /** A process that dies takes its work with it; the others go on, and when it was the last, another is started. */
  #lost(member: Member<To, From>, why: string): void {
    if (!this.#members.delete(member)) return
    const message = `The process that ${this.#options.does} has died (${why}). It may have run out of memory.`
    const error = new SeamError('engine', message, { retryable: true })
    this.#fail(member, error)
    if (!member.ready) this.#most = Math.max(1, this.#members.size)
    if (!member.ready && this.#members.size === 0) this.#break(error)
    else this.#assign()
  }

  #fail(member: Member<To, From>, error: SeamError): void {
    const { work } = member
    if (!work) return
    member.work = undefined
    this.#settle(work)
    work.fail(error)
  }

  #settle(work: Work<To, From>): void {
    this.#settles.get(work)?.()
    this.#settles.delete(work)
  }

  #break(error: SeamError): void {
    this.#broken = error
    this.#failWaiting(error)
  }

  #failWaiting(error: SeamError): void {
    for (const work of this.#waiting.splice(0)) {
      this.#settle(work)
      work.fail(error)
    }
  }
}

function isLifecycle(message: object): message is Lifecycle {
  return 'kind' in message && (message.kind === 'ready' || message.kind === 'unusable')
}
