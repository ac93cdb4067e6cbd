import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ContractEvent, ContractInfo, InstallLine } from '#protocol/contracts.ts'
import type { ContractLine } from '../../../companion/contracts.ts'
import { useJobs } from '../../../ui/jobs.ts'
import { useStudio } from '../../studio.ts'

/** Lines of a plugin's log that are kept; older ones are in the companion's files. */
export const MAX_LINES = 500

/** What can be done with a plugin at once. */
export type ContractAct = 'load' | 'unload' | 'swap' | 'release'

/** The companion's contract plugins, as they are now. */
export const useContracts = defineStore('contracts', () => {
  const { contractService: service } = useStudio()
  const jobs = useJobs()
  /** By name; undefined before they were told. Two of one name are told apart by their folders. */
  const list = shallowRef<readonly ContractInfo[]>()
  const failure = shallowRef<unknown>()
  const logs = shallowRef<ReadonlyMap<string, readonly ContractLine[]>>(new Map())
  const installing = shallowRef<ReadonlyMap<string, string>>(new Map())
  /** What is being done with which plugin. */
  const acting = ref<Readonly<Record<string, ContractAct>>>({})

  /** By what people call them. */
  const sorted = (infos: readonly ContractInfo[]) =>
    infos.toSorted((one, other) => one.displayName.localeCompare(other.displayName, 'en'))

  const byName = computed(() => {
    const found = new Map<string, ContractInfo>()
    for (const info of list.value ?? []) {
      const other = found.get(info.name)
      if (!other || (other.problem !== undefined && info.problem === undefined)) found.set(info.name, info)
    }
    return found
  })

  /** Reads the list anew. A failure is kept in `failure`; what was known stays. */
  async function refresh(signal?: AbortSignal): Promise<void> {
    try {
      list.value = sorted(await service.list(signal))
      failure.value = undefined
    } catch (error) {
      if (!signal?.aborted) failure.value = error
    }
  }

  function note(info: ContractInfo): void {
    const others = list.value ?? []
    const at = others.findIndex(({ name, folder }) => name === info.name && folder === info.folder)
    list.value = sorted(at >= 0 ? others.with(at, info) : [...others, info])
  }

  function hear(event: ContractEvent): void {
    if (event.kind === 'info') note(event.info)
    else if (event.kind === 'gone') list.value = list.value?.filter(({ name }) => name !== event.name)
    // Only of those whose log somebody has opened.
    else if (logs.value.has(event.name)) keep(event.name, [...logs.value.get(event.name)!, event])
  }

  function keep(name: string, lines: readonly ContractLine[]): void {
    logs.value = new Map(logs.value).set(
      name,
      lines.slice(-MAX_LINES).map(({ at, text }) => ({ at, text })),
    )
  }

  /** Follows what becomes of plugins until `signal` says so. @throws SeamError offline when the companion goes away */
  async function follow(signal: AbortSignal): Promise<void> {
    // What came before may be of plugins that are gone: each is told once at the beginning.
    await refresh(signal)
    for await (const event of service.watch({ signal })) hear(event)
  }

  /** Reads what a plugin said so far; from then on its lines are followed. */
  async function openLog(name: string, signal?: AbortSignal): Promise<void> {
    keep(name, await service.log(name, signal))
  }

  /** @throws SeamError */
  async function act(name: string, what: ContractAct): Promise<void> {
    acting.value = { ...acting.value, [name]: what }
    try {
      note(await service[what](name))
    } finally {
      const { [name]: _, ...others } = acting.value
      acting.value = others
    }
  }

  /** Installs a plugin's packages, as a job of the tray. What the tool says is in the plugin's log. */
  function install(name: string, title: string): Promise<void> {
    const started = jobs.start({
      title,
      kind: 'install',
      async run({ signal, onProgress }) {
        for await (const line of service.install(name, { signal })) tell(line, onProgress)
      },
    })
    installing.value = new Map(installing.value).set(name, started.id)
    return started.done
  }

  /** The job that installs this plugin's packages, or did so last. */
  const installOf = (name: string) => jobs.jobs.find(({ id }) => id === installing.value.get(name))

  return {
    list,
    byName,
    failure,
    logs,
    acting: computed(() => acting.value),
    refresh,
    follow,
    openLog,
    act,
    install,
    installOf,
  }
})

function tell(line: InstallLine, onProgress: (progress: { done: number; total: number }) => void): void {
  if (line.kind === 'progress') onProgress({ done: line.done, total: line.total })
}
