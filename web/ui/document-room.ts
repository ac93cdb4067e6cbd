import { useEventListener } from '@vueuse/core'

/** Ctrl+Z outside of the text undoes, too: a title, a slider, a replacement. Call in `setup`. */
export function useUndoKeys(steps: { undo(): void; redo(): void; allowed?(): boolean }): void {
  useEventListener(window, 'keydown', event => {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return
    const target = event.target as HTMLElement
    if (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) return
    const key = event.key.toLowerCase()
    if ((key !== 'z' && key !== 'y') || steps.allowed?.() === false) return
    event.preventDefault()
    if (key === 'y' || event.shiftKey) steps.redo()
    else steps.undo()
  })
}

/** Writes what is dirty when the page is hidden, and has the browser ask before it is left unsaved. Call in `setup`. */
export function useUnsaved(work: { saved(): boolean; flush(): Promise<void> }): void {
  useEventListener(document, 'visibilitychange', () => {
    if (document.hidden) void work.flush()
  })
  useEventListener(window, 'beforeunload', event => {
    if (work.saved()) return
    void work.flush()
    event.preventDefault()
  })
}
