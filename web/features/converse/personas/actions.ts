import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { toSeamError } from '#protocol/errors.ts'
import { UNDO_FOR } from '../../../ui/document-list.ts'
import { failureText } from '../../../ui/failure.ts'
import { fileName, saveBlob } from '../../../ui/save-file.ts'
import { useNotices } from '../../../ui/toast.ts'
import { useTold } from '../../../ui/told.ts'
import type { CardFormat } from './card-files.ts'
import type { PersonaDesk } from './desk.ts'

/** Sentences about one import that a notice has room for. */
const MOST_TOLD = 4

/** What the buttons do, with a notice of what came of it. Call in `setup`. */
export function usePersonaActions(desk: PersonaDesk) {
  const { t, locale } = useI18n()
  const notify = useNotices()

  function words(error: unknown): { title: string; text: string } {
    const { title, text, detail } = failureText(error, t, locale.value)
    const { code } = toSeamError(error)
    // What is wrong with a file, or who wrote first, only its own sentence can say.
    return { title, text: ['bad-input', 'integrity', 'conflict'].includes(code) ? detail : text }
  }
  const told = useTold(words)

  const copyName = (name: string) => t('persona.copyOf', { name })

  return {
    open: (id: string) => told(desk.open(id)),
    close: () => told(desk.close()),
    create: () => told(desk.create(t('persona.newName'))),
    duplicate: (id: string, name: string) => told(desk.duplicate(id, copyName(name))),
    /** Writes what is dirty. @returns whether everything is on the disk */
    async saved(): Promise<boolean> {
      await desk.flush()
      return desk.saveState.value === 'saved'
    },

    remove: (id: string) =>
      told(
        desk.remove(id).then(({ name, bringBack }) =>
          notify({
            title: t('persona.removed', { name }),
            duration: UNDO_FOR,
            action: { label: t('persona.undo'), run: () => void told(bringBack()) },
          }),
        ),
      ),

    async bringIn(files: readonly File[]) {
      if (files.length === 0) return
      await told(
        desk.bringIn(files).then(({ created, problems, failed }) => {
          for (const { file, error } of failed) {
            notify({ title: t('persona.importFailed', { file }), text: words(error).text, kind: 'error' })
          }
          for (const { name, sentences } of problems) {
            const more = sentences.length - MOST_TOLD
            const rest = more > 0 ? [t('persona.problemsMore', { n: more }, more)] : []
            notify({
              title: t('persona.importedPartly', { name }),
              text: [...sentences.slice(0, MOST_TOLD), ...rest].join(' '),
              kind: 'warning',
              duration: 0,
            })
          }
          if (created.length > problems.length) {
            const name = created.map(persona => persona.name).join(', ')
            notify({ title: t('persona.imported', { name }, created.length), kind: 'success' })
          }
        }),
      )
    },

    save: (id: string, format: CardFormat) =>
      told(
        desk.exported(id, format).then(async ({ file, name, leftOut }) => {
          await saveBlob(file, fileName(name, format))
          if (leftOut > 0) notify({ title: t('persona.leftOut', { n: leftOut }, leftOut), kind: 'warning' })
        }),
      ),

    saving: computed(() => ({
      state: desk.saveState.value,
      why: desk.saveFailure.value && words(desk.saveFailure.value).text,
    })),
    onSaving: {
      again: () => void desk.flush(),
      keep: () => void told(desk.keepMine(copyName(desk.draft.value?.name ?? ''))),
      take: () => void told(desk.takeTheirs()),
      discard: () => desk.discard(),
    },
  }
}
