import type { EditorView } from '@tiptap/pm/view'

/** Brings a place into the middle of the view when it nears an edge; a page that always moves can't be read. */
export function reveal(view: EditorView, box: HTMLElement, position: number): void {
  const { top, bottom } = view.coordsAtPos(position)
  const frame = box.getBoundingClientRect()
  if (top > frame.top + frame.height * 0.12 && bottom < frame.top + frame.height * 0.72) return
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || Math.abs(top - frame.top) > frame.height * 3
  box.scrollBy({ top: top - frame.top - frame.height * 0.3, behavior: calm ? 'instant' : 'smooth' })
}
