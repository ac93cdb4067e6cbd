import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Progress, Run } from '#protocol/run.ts'
import { createEstimate } from './estimate.ts'

export type JobState = 'running' | 'done' | 'failed' | 'cancelled'

/** Long work as the tray shows it. A snapshot: a change makes a new object. */
export interface Job {
  readonly id: string
  /** In the user's language. */
  readonly title: string
  /** What sort of work it is, for whoever looks for its own: `model`, `export`, `render`. */
  readonly kind: string
  readonly state: JobState
  readonly progress: Progress
  readonly secondsLeft: number | undefined
  readonly failure: SeamError | undefined
}

export interface JobRequest<T> {
  readonly title: string
  readonly kind: string
  readonly run: (run: Required<Run>) => Promise<T>
}

export interface StartedJob<T> {
  readonly id: string
  /** Settles as `run` does. @throws SeamError cancelled when the job was stopped */
  readonly done: Promise<T>
  cancel(): void
}

/** Milliseconds between two redraws of a job's progress: work may report thousands of times a second. */
const REDRAW_EVERY = 100

/** Finished jobs kept in the tray; older ones go. */
const KEEP_FINISHED = 20

export const useJobs = defineStore('jobs', () => {
  const list = shallowRef<readonly Job[]>([])
  const controllers = new Map<string, AbortController>()
  const requests = new Map<string, JobRequest<unknown>>()

  function change(id: string, patch: Partial<Job>): void {
    list.value = list.value.map(job => (job.id === id ? { ...job, ...patch } : job))
  }

  function trim(): void {
    const finished = list.value.filter(job => job.state !== 'running')
    for (const job of finished.slice(0, Math.max(0, finished.length - KEEP_FINISHED))) clear(job.id)
  }

  async function work<T>(id: string, request: JobRequest<T>): Promise<T> {
    const controller = new AbortController()
    controllers.set(id, controller)
    const estimate = createEstimate()
    let drawn = -Infinity
    let latest: Progress = { done: 0 }
    const onProgress = (progress: Progress) => {
      latest = progress
      const now = performance.now()
      estimate.note(progress, now)
      if (now - drawn < REDRAW_EVERY || controller.signal.aborted) return
      drawn = now
      change(id, { progress, secondsLeft: estimate.secondsLeft })
    }
    try {
      controller.signal.throwIfAborted()
      const result = await request.run({ signal: controller.signal, onProgress })
      change(id, { state: 'done', progress: latest, secondsLeft: undefined })
      requests.delete(id)
      return result
    } catch (error) {
      const failure = controller.signal.aborted
        ? new SeamError('cancelled', 'The work was stopped. What was finished before is kept.', { cause: error })
        : toSeamError(error)
      const cancelled = failure.code === 'cancelled'
      change(id, {
        state: cancelled ? 'cancelled' : 'failed',
        progress: latest,
        secondsLeft: undefined,
        failure: cancelled ? undefined : failure,
      })
      throw failure
    } finally {
      controllers.delete(id)
      trim()
    }
  }

  /** Starts `request.run` and lists it in the tray. */
  function start<T>(request: JobRequest<T>): StartedJob<T> {
    const id = crypto.randomUUID()
    const { title, kind } = request
    requests.set(id, request)
    const job: Job = {
      id,
      title,
      kind,
      state: 'running',
      progress: { done: 0 },
      secondsLeft: undefined,
      failure: undefined,
    }
    list.value = [...list.value, job]
    const done = work(id, request)
    // The tray tells of a failure even when the caller does not look at the promise.
    done.catch(() => undefined)
    return { id, done, cancel: () => cancel(id) }
  }

  function cancel(id: string): void {
    controllers.get(id)?.abort()
  }

  /** Runs a failed or cancelled job once more, in its place in the list. */
  function retry(id: string): void {
    const request = requests.get(id)
    if (!request || controllers.has(id)) return
    change(id, { state: 'running', progress: { done: 0 }, failure: undefined })
    work(id, request).catch(() => undefined)
  }

  /** Takes a finished job out of the tray. */
  function clear(id: string): void {
    if (controllers.has(id)) return
    requests.delete(id)
    list.value = list.value.filter(job => job.id !== id)
  }

  function clearFinished(): void {
    for (const job of list.value) if (job.state !== 'running') clear(job.id)
  }

  const jobs = computed(() => list.value)
  const running = computed(() => list.value.filter(job => job.state === 'running'))
  const failed = computed(() => list.value.filter(job => job.state === 'failed'))
  return { jobs, running, failed, start, cancel, retry, clear, clearFinished }
})
