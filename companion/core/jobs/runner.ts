import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { EventEmitter } from 'node:events'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import { fileError } from '../models/files.ts'
import { checkPipeline, type Pipeline } from '../pipelines/cr.ts'
import type { PipelinePlan } from '../pipelines/execute.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import type { MediaType } from '../plugins/media-type.ts'
import { parseMediaType } from '../plugins/media-type.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import type { JobFiles } from './files.ts'
import { JobLog } from './log.ts'
import { jobOutput, type FanOut } from './output.ts'
import { jobInfo, type JobRecord, type JobSplit, type JobStore } from './store.ts'

export interface JobRunnerOptions {
  readonly store: JobStore
  readonly files: JobFiles
  readonly ledger: ProcessLedger
  /** Jobs at a time. */
  readonly concurrency: number
  /** Bytes of one input. */
  readonly maxInput: number
  /** A plan for a pipeline with the plugins of this moment, each of them tried. @throws SeamError */
  readonly plan: (pipeline: Pipeline, inputType: MediaType, signal: AbortSignal) => Promise<PipelinePlan>
  /** A plan without trying anything: to refuse at once what can't work. @throws SeamError */
  readonly check: (pipeline: Pipeline, inputType: MediaType | undefined) => PipelinePlan
  /** Who makes the parts of a text that is cut at its chapters; without it, none is. */
  readonly fanOut?: FanOut
}

export interface JobRequest {
  readonly pipeline: Pipeline
  readonly inputType?: MediaType | undefined
  readonly input: AsyncIterable<Uint8Array>
  readonly idempotencyKey?: string | undefined
  readonly split?: JobSplit | undefined
}

export type JobEvent =
  | { readonly kind: 'state'; readonly job: JobInfo }
  | { readonly kind: 'progress'; readonly job: JobInfo }
  | { readonly kind: 'log'; readonly id: string; readonly node: string; readonly line: string }

/** Times that a job is begun when daemons die over it. */
const MAX_ATTEMPTS = 3
/** Milliseconds between two notes of how far a job is. */
const NOTE_EVERY = 250
/** Milliseconds until a disk that was full is looked at again. */
const TRY_AGAIN = 5000

type JobChange = Parameters<JobStore['change']>[1]

/** For notes without which nothing is lost. */
function attempt(note: () => void): void {
  try {
    note()
  } catch {
    // The disk is full; what depends on the note says so.
  }
}

/** Does jobs, oldest first, some at a time. A job that was taken is done, or its end is told, whatever happens. */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #events = new EventEmitter<{ event: [JobEvent] }>()
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>()
  /** How far jobs are that run now: fresher than the store. */
  readonly #live = new Map<string, { consumed: number; outputBytes: number; warnings: number }>()
  /** How jobs ended whose end could not be written down. */
  readonly #unwritten = new Map<string, JobChange>()
  #later: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
    this.#events.setMaxListeners(0)
  }

  /** Takes up what an earlier daemon left, and begins. */
  async start(): Promise<void> {
    const { store, files } = this.#options
    const { resumed } = store.recover(MAX_ATTEMPTS)
    // Nobody may take what a dead daemon made for the beginning of what is made now.
    for (const id of resumed) await files.discard(id)
    await files.sweep(id => store.get(id) !== undefined)
    this.#next()
  }

  /** @returns an end to it */
  watch(listener: (event: JobEvent) => void): () => void {
    this.#events.on('event', listener)
    return () => void this.#events.off('event', listener)
  }

  /**
   * Takes a job: when this returns it is on the disk.
   * @throws SeamError bad-input, not-found (pipeline or input), conflict (idempotency key), quota
   */
  async submit({
    pipeline,
    inputType,
    input,
    idempotencyKey,
    split = 'none',
  }: JobRequest): Promise<{ job: JobInfo; isNew: boolean }> {
    const { store, files, maxInput, check } = this.#options
    const plan = check(pipeline, inputType)
    const received = await files.receive(input, maxInput)
    const pipelineJson = JSON.stringify(pipeline)
    const digest = createHash('sha256')
      .update(`${pipelineJson}\0${plan.inputType}\0${split}\0${received.sha256}`)
      .digest('hex')
    try {
      const { record, isNew } = store.submit({
        id: received.id,
        pipeline: pipeline.name,
        pipelineJson,
        inputType: plan.inputType,
        outputType: plan.outputType,
        inputBytes: received.bytes,
        digest,
        split,
        idempotencyKey,
      })
      if (!isNew) await files.remove(received.id)
      else this.#tell('state', record)
      return { job: this.#info(record), isNew }
    } catch (error) {
      await files.remove(received.id)
      throw error
    } finally {
      this.#next()
    }
  }

  get(id: string): JobInfo | undefined {
    const record = this.#options.store.get(id)
    return record && this.#info(record)
  }

  list(filter: Parameters<JobStore['list']>[0]): readonly JobInfo[] {
    return this.#options.store.list(filter).map(record => this.#info(record))
  }

  /** Stops a job; what was made is kept. One that is over stays as it is. @throws SeamError not-found */
  async cancel(id: string): Promise<JobInfo> {
    const { store } = this.#options
    const job = store.get(id)
    if (!job) throw unknownJob(id)
    if (isOver(job.state)) return this.#info(job)
    const finished = new Date().toISOString()
    const waiting = store.change(id, { state: 'cancelled', finished, message: 'It was cancelled before it began.' }, [
      'pending',
    ])
    if (waiting) this.#tell('state', waiting)
    const running = this.#running.get(id)
    running?.abort.abort(new SeamError('cancelled', 'The job was cancelled.'))
    await running?.done
    return this.#info(store.get(id)!)
  }

  /** Takes a job that is over away, with its files. @throws SeamError not-found, conflict */
  async remove(id: string): Promise<void> {
    const { store, files } = this.#options
    const job = store.get(id)
    if (!job) throw unknownJob(id)
    if (!isOver(job.state)) throw new SeamError('conflict', 'The job is still at work. Cancel it first.')
    store.remove(id)
    await files.remove(id)
  }

  /** Ends what runs, so that the next daemon takes it up. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#later)
    const running = [...this.#running.values()]
    for (const { abort } of running) abort.abort(new SeamError('cancelled', 'The daemon is ending.'))
    await Promise.all(running.map(({ done }) => done))
  }

  #next(): void {
    const { store, concurrency } = this.#options
    if (!this.#closed) this.#writeEnds()
    while (!this.#closed && this.#running.size < concurrency) {
      let job: JobRecord | undefined
      try {
        job = store.claim()
      } catch {
        // The disk is full, most likely. What waits, waits.
        return this.#tryLater()
      }
      if (!job) return
      const abort = new AbortController()
      const done = this.#work(job, abort.signal).finally(() => {
        this.#running.delete(job.id)
        this.#live.delete(job.id)
        this.#next()
      })
      this.#running.set(job.id, { abort, done })
      this.#tell('state', job)
    }
  }

  /** Never rejects: what goes wrong is the job's state. */
  async #work(job: JobRecord, signal: AbortSignal): Promise<void> {
    const { store, files } = this.#options
    const live = { consumed: 0, outputBytes: 0, warnings: 0 }
    this.#live.set(job.id, live)
    const log = new JobLog(files.log(job.id))
    const end = (change: JobChange) => {
      this.#unwritten.set(job.id, { ...live, ...change, finished: new Date().toISOString() })
      this.#writeEnds()
    }
    try {
      const finished = await this.#run(job, live, log, signal)
      await files.finish(job.id)
      end({ state: 'done', consumed: job.inputBytes })
      // Not before it is noted: whoever is killed in between would have to make all of it again. And not waited for:
      // another job may be at work on the same.
      void finished().catch(() => undefined)
    } catch (error) {
      // The next daemon takes it up.
      if (this.#closed) return attempt(() => store.release(job.id))
      const failure = toSeamError(error)
      const state = failure.code === 'cancelled' ? 'cancelled' : 'failed'
      const stderr = failure.details['stderr']
      if (typeof stderr === 'string') log.write('', stderr)
      end({
        state,
        message: state === 'cancelled' ? 'It was cancelled. What was made until then is kept.' : failure.message,
      })
    } finally {
      log.close()
    }
  }

  /** Writes down how jobs ended. A full disk is tried again: until then the end is known here alone. */
  #writeEnds(): void {
    for (const [id, change] of this.#unwritten) {
      try {
        const ended = this.#options.store.change(id, change, ['running'])
        this.#unwritten.delete(id)
        if (ended) this.#tell('state', ended)
      } catch {
        return this.#tryLater()
      }
    }
  }

  #tryLater(): void {
    clearTimeout(this.#later)
    if (!this.#closed) this.#later = setTimeout(() => this.#next(), TRY_AGAIN).unref()
  }

  /** @returns an end to what was kept for a second try */
  async #run(
    job: JobRecord,
    live: { consumed: number; outputBytes: number; warnings: number },
    log: JobLog,
    signal: AbortSignal,
  ) {
    const { files, plan, ledger, store } = this.#options
    const pipeline = checkPipeline(JSON.parse(job.pipelineJson), 'The pipeline')
    const planned = await plan(pipeline, parseMediaType(job.inputType), signal)
    const path = files.part(job.id)
    // A file of its own: whoever still reads what an earlier attempt made must not go on in the middle of this one.
    await files.discard(job.id)
    const file = await open(path, 'wx', 0o600).catch(error => Promise.reject(fileError(error, path, 'write')))
    let noted = performance.now()
    try {
      const hooks: RunHooks = {
        ledger,
        onLog: (node, line) => {
          log.write(node, line)
          this.#events.emit('event', { kind: 'log', id: job.id, node, line })
        },
        onWarning: (node, { message }) => {
          live.warnings++
          log.write(node, message)
          this.#events.emit('event', { kind: 'log', id: job.id, node, line: message })
        },
      }
      const { output, finished } = await jobOutput({
        job,
        pipeline,
        plan: planned,
        input: files.input(job.id),
        planFor: plan,
        fanOut: this.#options.fanOut,
        signal,
        hooks,
        onConsumed: bytes => (live.consumed = bytes),
      })
      for await (const piece of output) {
        for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten
        live.outputBytes += piece.length
        if (performance.now() - noted < NOTE_EVERY) continue
        noted = performance.now()
        this.#tell('progress', job)
      }
      await file.sync()
      return finished
    } catch (error) {
      throw error instanceof SeamError ? error : fileError(error, path, 'write')
    } finally {
      await file.close()
      attempt(() => store.change(job.id, live, ['running']))
    }
  }

  #info(record: JobRecord): JobInfo {
    return { ...jobInfo(record), ...this.#live.get(record.id), ...this.#unwritten.get(record.id) }
  }

  #tell(kind: 'state' | 'progress', record: JobRecord): void {
    this.#events.emit('event', { kind, job: this.#info(record) })
  }
}

export function unknownJob(id: string): SeamError {
  return new SeamError('not-found', `There is no job “${id.slice(0, 64)}”. It may have been removed.`)
}
