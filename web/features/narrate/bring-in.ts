import { useI18n } from 'vue-i18n'
import type { Chapter } from '#protocol/projects.ts'
import type { ImportedText } from '#text/import/types.ts'
import { formatBytes } from '../../ui/format.ts'
import { useNotices } from '../../ui/toast.ts'
import { MAX_TEXT_MEGABYTES, isArchive, isTooLarge, readTextFile } from './bring-in-files.ts'
import { newChapter, splitLongChapters } from './document.ts'
import { linesToParagraphs } from '../../ui/text/paste.ts'
import { useFreshProject } from './fresh.ts'
import { useArchiveIn } from './archive-in.ts'
import { useNarrateProject } from './store.ts'

const toChapters = ({ chapters }: ImportedText): Chapter[] =>
  splitLongChapters(chapters.map(({ title, paragraphs }) => newChapter(title, paragraphs)))

/** Files and texts from outside, as projects or chapters. Call in `setup`. */
export function useBringIn(): {
  /** A project for each file. @returns their ids @throws SeamError */
  bringIn(files: readonly File[]): Promise<string[]>
  /** A project of a text that another app shared. */
  bringInText(title: string, text: string): Promise<string>
  /** The files' chapters behind those of the open project. */
  bringInto(files: readonly File[]): Promise<void>
} {
  const { t, te, locale } = useI18n()
  const notify = useNotices()
  const project = useNarrateProject()
  const { newProject } = useFreshProject()
  const { openArchive } = useArchiveIn()

  function tell(name: string, { chapters, notes }: ImportedText) {
    const said = notes.map(note => `import.${note}`).filter(key => te(key))
    notify({
      title: t('narrate.imported', { name, count: chapters.length }, chapters.length),
      ...(said.length > 0 ? { text: said.map(key => t(key)).join(' ') } : {}),
      kind: 'success',
    })
  }

  /** @returns undefined when it was refused, which has been said */
  async function read(file: File): Promise<ImportedText | undefined> {
    if (isTooLarge(file)) {
      notify({
        kind: 'error',
        title: t('narrate.tooLarge.title', { name: file.name }),
        text: t('narrate.tooLarge.text', { size: formatBytes(file.size, locale.value), limit: MAX_TEXT_MEGABYTES }),
      })
      return undefined
    }
    const text = await readTextFile(file)
    tell(file.name, text)
    return text
  }

  return {
    async bringIn(files) {
      const ids: string[] = []
      for (const file of files) {
        if (isArchive(file.name)) {
          ids.push(await openArchive(file))
          continue
        }
        const text = await read(file)
        if (text) ids.push((await newProject(text.title, toChapters(text), text.author)).id)
      }
      return ids
    },
    async bringInText(title, text) {
      const { id } = await newProject(title, [newChapter('', linesToParagraphs(text))])
      return id
    },
    async bringInto(files) {
      for (const file of files) {
        const text = await read(file)
        if (text) project.appendChapters(toChapters(text))
      }
    },
  }
}
