import type { Editor } from '@tiptap/core'
import type { Node as ProseNode } from '@tiptap/pm/model'
import { TextSelection } from '@tiptap/pm/state'
import { placeAt, positionOf } from './places.ts'

/** Marks a transaction that brings the store's text into the editor, which must not come back as a change. */
export const FROM_STORE = 'fromStore'

/**
 * Makes the document the same as `next` by replacing only what differs, so that the caret, the scroll place and the
 * elements of everything else stay. @returns whether anything differed
 */
export function applyDoc({ state, view }: Editor, next: ProseNode, moveCaret: boolean): boolean {
  const from = state.doc.content.findDiffStart(next.content)
  if (from === null) return false
  const ends = state.doc.content.findDiffEnd(next.content)
  if (!ends) return false
  // Where the change repeats its surroundings ("aa" → "aaa") the ends may lie before the start.
  const overlap = from - Math.min(ends.a, ends.b)
  const a = overlap > 0 ? ends.a + overlap : ends.a
  const b = overlap > 0 ? ends.b + overlap : ends.b
  const change = state.tr.replace(from, a, next.slice(from, b)).setMeta(FROM_STORE, true)
  const [anchor, head] = [state.selection.anchor, state.selection.head].map(position => {
    const place = placeAt(state.doc, position)
    return place && positionOf(change.doc, place)
  })
  if (!moveCaret && anchor !== undefined && head !== undefined) {
    // A paragraph that only got another speaker is another node: the caret would be moved behind it.
    change.setSelection(TextSelection.create(change.doc, anchor, head))
  } else if (moveCaret) {
    change.setSelection(TextSelection.near(change.doc.resolve(Math.min(b, change.doc.content.size)), -1))
    change.scrollIntoView()
  }
  view.dispatch(change)
  return true
}

/** Fills a new editor, straight as nodes: ten thousand sentences need not pass through JSON. */
export function fillDoc({ state, view }: Editor, doc: ProseNode): void {
  const fill = state.tr.replaceWith(0, state.doc.content.size, doc.content)
  view.dispatch(fill.setSelection(TextSelection.atStart(fill.doc)).setMeta(FROM_STORE, true))
}
