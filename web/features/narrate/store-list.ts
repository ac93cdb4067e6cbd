import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Chapter, Project, ProjectSettings, ProjectSummary } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'
import { byChanged, byOpened, byTitle, createDocumentList, UNDO_FOR } from '../../ui/document-list.ts'
import { useStudio } from '../studio.ts'
import { copyOf, newProject } from './document.ts'
import { standInKey } from './script-hash.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'
import { clearUnusedSound, soundOf, type Naming } from './unused-sound.ts'

const ORDERS = { opened: byOpened, changed: byChanged, title: byTitle }

/** Every project of this browser, as rows. */
export const useNarrateList = defineStore('narrate/list', () => {
  const studio = useStudio()
  const voices = useNarrateVoices()

  const list = createDocumentList({
    orders: ORDERS,
    about: ({ title, opening = '' }: ProjectSummary) => title || opening,
    read: () => studio.projects.list(),
    follow: async listener => studio.projects.watch(listener),
  })
  const { refresh } = list
  /** The project removed last, until it is brought back or another one goes. */
  const removed = shallowRef<Project>()

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
    return { infoOf: studio.speech.infoOf, langOf: voices.langOf }
  }

  let undoTimer: ReturnType<typeof setTimeout> | undefined
  /** Lets go of the project removed last, and of the sound that nothing else uses. */
  async function forget() {
    clearTimeout(undoTimer)
    const project = removed.value
    removed.value = undefined
    if (!project) return
    const named = await naming()
    const keys = [...(await soundOf(project, named))]
    await clearUnusedSound(studio, named, [...keys, ...keys.map(standInKey)])
  }

  return {
    ...list,
    removed: computed(() => removed.value),
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
