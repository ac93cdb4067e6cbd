import { useI18n } from 'vue-i18n'
import { useCommands } from '../../ui/commands.ts'

/** What the command palette offers while a pipeline is being built. Call in `setup`. */
export function useBuilderCommands(run: {
  run(): unknown
  save(): unknown
  add(): unknown
  fresh(): unknown
  importFile(): unknown
  exportFile(): unknown
}): void {
  const { t } = useI18n()
  useCommands().offer(() => {
    const group = t('plugins.builder.commands')
    return [
      { id: 'plugins.run', label: t('plugins.run.start'), group, icon: 'i-lucide-play', run: run.run },
      { id: 'plugins.add', label: t('plugins.add.open'), group, icon: 'i-lucide-plus', run: run.add },
      { id: 'plugins.save', label: t('plugins.save.save'), group, icon: 'i-lucide-save', run: run.save },
      { id: 'plugins.fresh', label: t('plugins.builder.fresh'), group, icon: 'i-lucide-file-plus', run: run.fresh },
      { id: 'plugins.in', label: t('plugins.builder.import'), group, icon: 'i-lucide-file-down', run: run.importFile },
      { id: 'plugins.out', label: t('plugins.builder.export'), group, icon: 'i-lucide-file-up', run: run.exportFile },
    ]
  })
}
