import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Chapter, Project, ProjectSettings, ProjectSummary } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'
import { useStudio } from '../studio.ts'
import { copyOf, newProject } from './document.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'
import { clearUnusedSound, soundOf, type Naming } from './unused-sound.ts'

export type ListOrder = 'opened' | 'changed' | 'title'

/** Milliseconds in which a deleted project can be brought back. */
export const UNDO_FOR = 15_000

/** Every project of this browser, as rows. */
export const useNarrateList = defineStore('narrate/list', () => {
  const studio = useStudio()
  const voices = useNarrateVoices()

  const rows = shallowRef<readonly ProjectSummary[]>([])
  const loaded = ref(false)
  const error = shallowRef<SeamError>()
  const query = ref('')
  const order = ref<ListOrder>('opened')
  /** The project removed last, until it is brought back or another one goes. */
  const removed = shallowRef<Project>()

  const nameOf = ({ title, opening = '' }: ProjectSummary) => title || opening
  const lastSeen = (row: ProjectSummary) => row.openedAt ?? row.updatedAt
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

  const shown = computed(() => {
    const words = query.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const found = words.length
      ? rows.value.filter(row => {
          const name = nameOf(row).toLocaleLowerCase()
          return words.every(word => name.includes(word))
        })
      : rows.value
    return found.toSorted((a, b) => {
      if (order.value === 'title') return collator.compare(nameOf(a), nameOf(b))
      return order.value === 'changed' ? b.updatedAt.localeCompare(a.updatedAt) : lastSeen(b).localeCompare(lastSeen(a))
    })
  })

  async function refresh() {
    try {
      rows.value = await studio.projects.list()
      error.value = undefined
    } catch (cause) {
      error.value = toSeamError(cause)
    }
    loaded.value = true
  }

  let watching: (() => void) | undefined
  /** Reads the list, and follows other tabs until `unwatch`. */
  async function watch() {
    watching ??= studio.projects.watch(() => void refresh())
    await refresh()
  }

  /** @throws SeamError quota */
  async function create(
    title: string,
    settings: ProjectSettings,
    chapters: readonly Chapter[] = [],
    author?: string,
  ): Promise<Project> {
    const fresh = newProject(title, settings, chapters)
    const project = await studio.projects.create(author ? { ...fresh, author } : fresh)
    await refresh()
    return project
  }

  async function naming(): Promise<Naming> {
    await voices.load()
    return { engine: studio.speech.info, langOf: voices.langOf }
  }

  let undoTimer: ReturnType<typeof setTimeout> | undefined
  /** Lets go of the project removed last, and of the sound that nothing else uses. */
  async function forget() {
    clearTimeout(undoTimer)
    const project = removed.value
    removed.value = undefined
    if (!project) return
    const named = await naming()
    await clearUnusedSound(studio, named, await soundOf(project, named))
  }

  return {
    rows: computed(() => rows.value),
    shown,
    loaded: computed(() => loaded.value),
    error: computed(() => error.value),
    removed: computed(() => removed.value),
    query,
    order,

    watch,
    unwatch() {
      watching?.()
      watching = undefined
    },
    refresh,
    create,
    async duplicate(id: string, title: string): Promise<Project> {
      const copy = await studio.projects.create(copyOf(await studio.projects.open(id), title))
      await refresh()
      return copy
    },
    async rename(id: string, title: string) {
      const project = await studio.projects.open(id)
      await studio.projects.save({ ...project, title, updatedAt: new Date().toISOString() }, project.revision)
      await refresh()
    },
    /** Its sound stays until it can't be brought back any more. */
    async remove(id: string) {
      const project = await studio.projects.open(id)
      await studio.projects.remove(id)
      // What is left of the one before goes now. Failing to free space is no reason not to delete.
      void forget().catch(() => undefined)
      removed.value = project
      undoTimer = setTimeout(() => void forget().catch(() => undefined), UNDO_FOR)
      await refresh()
    },
    async bringBack() {
      const project = removed.value
      if (!project) return
      clearTimeout(undoTimer)
      await studio.projects.create(project)
      removed.value = undefined
      await refresh()
    },
    forget,
    /** Takes away all sound that no project names. @returns bytes freed @throws SeamError cancelled */
    async clearSound(run: Run): Promise<number> {
      // What was typed last has sound, too.
      await useNarrateProject().flush()
      return clearUnusedSound(studio, await naming(), undefined, run)
    },
  }
})
