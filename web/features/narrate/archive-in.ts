import { useI18n } from 'vue-i18n'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ProjectStore } from '../../storage/types.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useNotices } from '../../ui/toast.ts'
import { useStudio } from '../studio.ts'
import { newId } from '../../ui/new-id.ts'
import { useNarrateList } from './store-list.ts'

/** Opens archives. Call in `setup`. */
export function useArchiveIn(): {
  /** @returns the project's id @throws SeamError bad-input, integrity, quota, cancelled: nothing is left behind then */
  openArchive(file: File): Promise<string>
} {
  const { t } = useI18n()
  const studio = useStudio()
  const jobs = useJobs()
  const list = useNarrateList()
  const notify = useNotices()

  return {
    async openArchive(file) {
      const { done } = jobs.start({
        title: t('narrate.archiveJob', { name: file.name }),
        kind: 'import',
        async run(run) {
          const { importProject } = await import('../../storage/archive.ts')
          const { project } = await importProject(file, studio.pcm, run)
          const taken = await isThere(studio.projects, project.id)
          return studio.projects.create(taken ? { ...project, id: newId() } : project)
        },
      })
      // The tray tells why it failed; whoever asked only learns that it did.
      const { id, title } = await done
      await list.refresh()
      notify({ kind: 'success', title: t('narrate.archiveIn', { name: title || t('narrate.untitled') }) })
      return id
    },
  }
}

async function isThere(projects: ProjectStore, id: string): Promise<boolean> {
  try {
    await projects.open(id)
    return true
  } catch (error) {
    if (toSeamError(error).code === 'not-found') return false
    throw error instanceof SeamError ? error : toSeamError(error)
  }
}
