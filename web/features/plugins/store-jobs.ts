import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { Run } from '#protocol/run.ts'
import type { RunRequest } from '../../companion/plugin-types.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useStudio } from '../studio.ts'
import { pause } from './pause.ts'
import { progressOf } from './progress.ts'

/** Milliseconds between two looks at a job that the tray shows. */
const LOOK_EVERY = 1000

/** The companion's jobs, as last seen. */
export const usePluginJobs = defineStore('plugin-jobs', () => {
  const { plugins: service } = useStudio()
  const tray = useJobs()
  const list = shallowRef<readonly JobInfo[]>()
  const failure = shallowRef<unknown>()
  /** The job that the builder began last. */
  const current = ref<string>()
  /** Jobs whose end was asked for. */
  const ending = shallowRef<ReadonlySet<string>>(new Set())
  /** Jobs that this page began: the tray shows them, and tells how they end. */
  const own = new Set<string>()

  const active = computed(() => (list.value ?? []).filter(({ state }) => !isOver(state)))
  const byId = (id: string | undefined) => list.value?.find(job => job.id === id)

  function note(job: JobInfo): void {
    const others = list.value ?? []
    list.value = others.some(({ id }) => id === job.id)
      ? others.map(other => (other.id === job.id ? job : other))
      : [job, ...others]
  }

  /** Reads the list anew. A failure is kept in `failure`; what was known stays. */
  async function refresh(signal?: AbortSignal): Promise<void> {
    try {
      const found = await service.jobs(signal)
      // One that is older than the list goes may still be one that somebody looks at.
      const kept = (list.value ?? []).filter(
        ({ id, state }) =>
          (id === current.value || (own.has(id) && !isOver(state))) && !found.some(other => other.id === id),
      )
      list.value = [...found, ...kept]
      failure.value = undefined
    } catch (error) {
      if (!signal?.aborted) failure.value = error
    }
  }

  /** Finds a job that is too old for the list. @throws SeamError not-found */
  async function find(id: string): Promise<void> {
    if (!byId(id)) note(await service.job(id))
  }

  async function begin(request: RunRequest): Promise<JobInfo> {
    const job = await service.run(request)
    own.add(job.id)
    note(job)
    current.value = job.id
    return job
  }

  /** Begins a job, which the tray shows as `title` until it is over. @throws SeamError */
  async function run(request: RunRequest, title: string): Promise<JobInfo> {
    const job = await begin(request)
    let first: JobInfo | undefined = job
    tray.start({
      title,
      kind: 'pipeline',
      async run(options) {
        // Tried again, it is another job.
        const { id } = first ?? (await begin(request))
        first = undefined
        await follow(id, options)
      },
    })
    return job
  }

  /** Looks at a job until it is over. Whoever stops this stops the job; a page that is closed does not. */
  async function follow(id: string, { signal, onProgress }: Required<Run>): Promise<void> {
    try {
      for (let job = byId(id); job && !isOver(job.state); job = byId(id)) {
        onProgress(progressOf(job))
        await pause(LOOK_EVERY, signal)
        signal.throwIfAborted()
        await look(id, signal)
      }
    } catch (error) {
      if (signal.aborted) await cancel(id).catch((reason: unknown) => (failure.value = reason))
      throw error
    }
    const { state, message = '' } = byId(id) ?? {}
    if (state === 'cancelled') throw new SeamError('cancelled', message)
    if (state === 'failed' || state === 'interrupted') throw new SeamError('engine', message)
  }

  /** @throws SeamError */
  async function look(id: string, signal: AbortSignal): Promise<void> {
    try {
      note(await service.job(id, signal))
    } catch (error) {
      const { code } = toSeamError(error)
      // Somebody else has deleted it. A companion that is gone may come back, and its jobs with it.
      if (code === 'not-found') forget(id)
      else if (code !== 'offline') throw error
    }
  }

  function forget(id: string): void {
    if (current.value === id) current.value = undefined
    list.value = list.value?.filter(job => job.id !== id)
  }

  /** @throws SeamError */
  async function cancel(id: string): Promise<void> {
    ending.value = new Set([...ending.value, id])
    try {
      note(await service.cancelJob(id))
    } finally {
      ending.value = new Set([...ending.value].filter(other => other !== id))
    }
  }

  /** @throws SeamError */
  async function remove(id: string): Promise<void> {
    await service.removeJob(id)
    forget(id)
  }

  return {
    list,
    failure,
    current,
    ending,
    active,
    byId,
    isOwn: (id: string) => own.has(id),
    refresh,
    find,
    run,
    cancel,
    remove,
  }
})
