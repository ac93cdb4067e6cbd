import { useEventListener } from '@vueuse/core'
import { useI18n } from 'vue-i18n'
import { announce } from '../../ui/announce.ts'
import { usePipeline } from './store-pipeline.ts'

/** Ctrl+Enter runs; Ctrl+Z and its opposite outside of fields. Call in the builder's `setup`. */
export function useBuilderKeys(run: () => unknown): void {
  const { t } = useI18n()
  const draft = usePipeline()
  useEventListener(window, 'keydown', event => {
    const { target } = event
    if (!(event.metaKey || event.ctrlKey) || event.altKey || event.defaultPrevented) return
    if (target instanceof HTMLElement && target.closest('[role="dialog"]')) return
    if (event.key === 'Enter') {
      event.preventDefault()
      run()
      return
    }
    // In a field the browser's own undo works.
    if (target instanceof HTMLElement && target.closest('input,textarea,select')) return
    const key = event.key.toLowerCase()
    if (key !== 'z' && key !== 'y') return
    event.preventDefault()
    const isRedo = key === 'y' || event.shiftKey
    if (isRedo ? !draft.canRedo : !draft.canUndo) return
    if (isRedo) draft.redo()
    else draft.undo()
    announce(t(isRedo ? 'plugins.builder.redone' : 'plugins.builder.undone'))
  })
}
