import type { Editor } from '@tiptap/core'
import type { Paragraph } from '#protocol/projects.ts'
import { applyDoc } from '../../../ui/text/sync.ts'
import { toDoc } from './schema.ts'

/** As `applyDoc`, of a chapter's paragraphs. */
export const applyParagraphs = (editor: Editor, paragraphs: readonly Paragraph[], moveCaret: boolean): boolean =>
  applyDoc(editor, toDoc(editor.state.schema, paragraphs), moveCaret)
