import { useI18n } from 'vue-i18n'
import { useCommands } from '../../ui/commands.ts'

/** What the command palette offers while a transcript is open. Call in `setup`. */
export function useRoomCommands(run: {
  toggle(): unknown
  find(): unknown
  nextDoubt(): unknown
  openExport(): unknown
  narrate(): unknown
}): void {
  const { t } = useI18n()
  useCommands().offer(() => {
    const group = t('transcribe.commands')
    return [
      {
        id: 'transcribe.play',
        label: t('transcribe.play'),
        group,
        icon: 'i-lucide-play',
        keys: ['tab'],
        run: run.toggle,
      },
      {
        id: 'transcribe.find',
        label: t('transcribe.find.title'),
        group,
        icon: 'i-lucide-search',
        keys: ['meta', 'f'],
        run: run.find,
      },
      {
        id: 'transcribe.doubt',
        label: t('transcribe.nextDoubt'),
        group,
        icon: 'i-lucide-circle-help',
        run: run.nextDoubt,
      },
      {
        id: 'transcribe.export',
        label: t('transcribe.export.open'),
        group,
        icon: 'i-lucide-share',
        run: run.openExport,
      },
      {
        id: 'transcribe.narrate',
        label: t('transcribe.narrate'),
        group,
        icon: 'i-lucide-audio-lines',
        run: run.narrate,
      },
    ]
  })
}
