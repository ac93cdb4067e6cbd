import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { RunRequest } from '../../companion/plugin-types.ts'
import { useStudio } from '../studio.ts'

/** The companion's jobs, as last seen. */
export const usePluginJobs = defineStore('plugin-jobs', () => {
  const { plugins: service } = useStudio()
  const list = shallowRef<readonly JobInfo[]>()
  const failure = shallowRef<unknown>()
  /** The job that the builder began last. */
  const current = ref<string>()
  /** Jobs whose end was asked for. */
  const ending = shallowRef<ReadonlySet<string>>(new Set())

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
      // One that is older than the list goes may still be the one that somebody looks at.
      const kept = byId(current.value)
      list.value = kept && !found.some(({ id }) => id === kept.id) ? [...found, kept] : found
      failure.value = undefined
    } catch (error) {
      if (!signal?.aborted) failure.value = error
    }
  }

  /** Finds a job that is too old for the list. @throws SeamError not-found */
  async function find(id: string): Promise<void> {
    if (!byId(id)) note(await service.job(id))
  }

  /** @throws SeamError */
  async function run(request: RunRequest): Promise<JobInfo> {
    const job = await service.run(request)
    note(job)
    current.value = job.id
    return job
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
    if (current.value === id) current.value = undefined
    list.value = list.value?.filter(job => job.id !== id)
  }

  return { list, failure, current, ending, active, byId, refresh, find, run, cancel, remove }
})
