import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { PluginInfo } from '#protocol/plugins.ts'
import type { Run } from '#protocol/run.ts'
import { useJobs, type Job } from '../../ui/jobs.ts'
import { useStudio } from '../studio.ts'

/** Which plugins there are, and whether they do what they promise. */
export const usePlugins = defineStore('plugins', () => {
  const { plugins: service } = useStudio()
  const jobs = useJobs()
  const list = shallowRef<readonly PluginInfo[]>()
  const failure = shallowRef<unknown>()
  /** Which job of the tray tries which plugin. */
  const work = shallowRef<ReadonlyMap<string, string>>(new Map())

  const byId = computed(() => {
    const found = new Map<string, PluginInfo>()
    // The first of a name is the one that runs, unless it can't be used.
    for (const plugin of list.value ?? []) {
      const other = found.get(plugin.id)
      if (!other || (other.problem !== undefined && plugin.problem === undefined)) found.set(plugin.id, plugin)
    }
    return found
  })

  /** Reads the list anew. A failure is kept in `failure`; what was known stays. */
  async function refresh(signal?: AbortSignal): Promise<void> {
    try {
      const found = await service.plugins(signal)
      // Whoever watches the list has work to do with every new one.
      if (JSON.stringify(found) !== JSON.stringify(list.value)) list.value = found
      failure.value = undefined
    } catch (error) {
      if (!signal?.aborted) failure.value = error
    }
  }

  async function tryOne(id: string, signal: AbortSignal): Promise<PluginInfo> {
    const now = await service.verify(id, signal)
    list.value = list.value?.map(plugin => (plugin.folder === now.folder ? now : plugin))
    return now
  }

  function start<T>(ids: readonly string[], title: string, run: (run: Required<Run>) => Promise<T>) {
    const started = jobs.start({ title, kind: 'verify', run })
    const next = new Map(work.value)
    for (const id of ids) next.set(id, started.id)
    work.value = next
    return started
  }

  /** Starts a plugin with a tiny input, as a job of the tray. */
  const verify = (id: string, title: string) => start([id], title, ({ signal }) => tryOne(id, signal))

  /** Those that were never tried, or whose last try is of no use any more. */
  const untried = computed(() =>
    [...byId.value.values()].filter(
      ({ problem, verification }) => !problem && verification.state === 'unknown' && !verification.trying,
    ),
  )
  /** Whether the companion is trying one, whoever asked for that. */
  const areTried = computed(() => (list.value ?? []).some(({ verification }) => verification.trying))

  /** Tries all that were never tried, one after the other. */
  function verifyUntried(title: string) {
    const ids = untried.value.map(({ id }) => id)
    return start([], title, async ({ signal, onProgress }) => {
      for (const [done, id] of ids.entries()) {
        onProgress({ done, total: ids.length })
        signal.throwIfAborted()
        await tryOne(id, signal)
      }
    })
  }

  /** The job that tries this plugin now. */
  function jobOf(id: string): Job | undefined {
    const job = work.value.get(id)
    return jobs.running.find(running => running.id === job)
  }
  const isTrying = computed(() => jobs.running.some(({ kind }) => kind === 'verify'))

  return { list, byId, failure, untried, areTried, isTrying, refresh, verify, verifyUntried, jobOf }
})
