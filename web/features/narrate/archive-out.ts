import { useI18n } from 'vue-i18n'
import { formatBytes } from '../../ui/format.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useNotices } from '../../ui/toast.ts'
import { useStudio } from '../studio.ts'
import { bytesInto, downloadTarget, fileTarget } from './export-target.ts'
import { ARCHIVE_EXTENSION } from './bring-in-files.ts'
import { askForFile, fileName } from '../../ui/save-file.ts'
import { buildScript } from './script.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'

/** Saves projects as archives. Call in `setup`. */
export function useArchiveOut(): {
  /** Asks for a place, then works in the job tray. Call from a click. */
  saveArchive(id: string, title: string): Promise<void>
} {
  const { t, locale } = useI18n()
  const studio = useStudio()
  const jobs = useJobs()
  const notify = useNotices()
  const open = useNarrateProject()
  const voices = useNarrateVoices()

  return {
    async saveArchive(id, title) {
      const name = fileName(title, ARCHIVE_EXTENSION)
      const handle = await askForFile(name)
      if (handle === 'cancelled') return
      if (open.project?.id === id) await open.flush()
      jobs.start({
        title: t('narrate.export.job', { name }),
        kind: 'export',
        async run(run) {
          const { ARCHIVE_MIME, exportProject } = await import('../../storage/archive.ts')
          await voices.load()
          const project = await studio.projects.open(id)
          const script = await buildScript(project, studio.speech.infoOf, undefined, voices.langOf)
          const keys = script.sentences.map(({ key }) => key)
          const target = handle ? await fileTarget(handle) : await downloadTarget(name, ARCHIVE_MIME)
          try {
            const { bytes } = await exportProject({ project, pcm: studio.pcm, keys }, bytesInto(target), run)
            await target.finish()
            notify({
              kind: 'success',
              title: t('narrate.export.done', { name }),
              text: [formatBytes(bytes, locale.value), handle ? '' : t('narrate.export.downloaded')]
                .filter(Boolean)
                .join('. '),
            })
          } catch (error) {
            await target.discard()
            throw error
          }
        },
      })
    },
  }
}
