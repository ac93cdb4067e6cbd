import type { Editor } from '@tiptap/core'
import { TextSelection } from '@tiptap/pm/state'
import type { Paragraph } from '#protocol/projects.ts'
import { toDoc } from './schema.ts'

/** Marks a transaction that brings the store's text into the editor, which must not come back as a change. */
export const FROM_STORE = 'fromStore'

/**
 * Makes the document hold `paragraphs` by replacing only what differs, so that the caret, the scroll place and the
 * elements of everything else stay. @returns whether anything differed
 */
export function applyParagraphs(editor: Editor, paragraphs: readonly Paragraph[], moveCaret: boolean): boolean {
  const { state, view } = editor
  const next = toDoc(state.schema, paragraphs)
  const from = state.doc.content.findDiffStart(next.content)
  if (from === null) return false
  const ends = state.doc.content.findDiffEnd(next.content)
  if (!ends) return false
  // Where the change repeats its surroundings ("aa" → "aaa") the ends may lie before the start.
  const overlap = from - Math.min(ends.a, ends.b)
  const a = overlap > 0 ? ends.a + overlap : ends.a
  const b = overlap > 0 ? ends.b + overlap : ends.b
  const change = state.tr.replace(from, a, next.slice(from, b)).setMeta(FROM_STORE, true)
  if (moveCaret) {
    change.setSelection(TextSelection.near(change.doc.resolve(Math.min(b, change.doc.content.size)), -1))
    change.scrollIntoView()
  }
  view.dispatch(change)
  return true
}
