import { useI18n } from 'vue-i18n'
import { useCommands } from '../../ui/commands.ts'

/** What the command palette offers while a project is open. Call in `setup`. */
export function useRoomCommands(run: {
  toggle(): unknown
  playHere(): unknown
  renderAll(): unknown
  openExport(): unknown
  importHere(): unknown
  addChapter(): unknown
}): void {
  const { t } = useI18n()
  const group = () => t('narrate.commands')
  useCommands().offer(() => [
    { id: 'narrate.play', label: t('narrate.play'), group: group(), icon: 'i-lucide-play', run: run.toggle },
    {
      id: 'narrate.here',
      label: t('narrate.caret.play'),
      group: group(),
      icon: 'i-lucide-text-cursor',
      keys: ['meta', 'enter'],
      run: run.playHere,
    },
    {
      id: 'narrate.render',
      label: t('narrate.renderAll'),
      group: group(),
      icon: 'i-lucide-wand-sparkles',
      run: run.renderAll,
    },
    {
      id: 'narrate.export',
      label: t('narrate.export.open'),
      group: group(),
      icon: 'i-lucide-share',
      run: run.openExport,
    },
    {
      id: 'narrate.import',
      label: t('narrate.importHere'),
      group: group(),
      icon: 'i-lucide-file-down',
      run: run.importHere,
    },
    {
      id: 'narrate.chapter',
      label: t('narrate.chapters.add'),
      group: group(),
      icon: 'i-lucide-plus',
      run: run.addChapter,
    },
  ])
}
