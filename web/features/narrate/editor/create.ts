import type { Editor } from '@tiptap/core'
import type { Paragraph } from '#protocol/projects.ts'
import { createTextEditor } from '../../../ui/text/editor.ts'
import { placeAt, type Place } from '../../../ui/text/places.ts'
import { gutter } from './gutter.ts'
import { nodes, toDoc, toParagraphs } from './schema.ts'

export interface EditorOptions {
  readonly element: HTMLElement
  readonly paragraphs: readonly Paragraph[]
  /** The text's accessible name. */
  readonly label: string
  onChange(paragraphs: Paragraph[], tag: string | undefined): void
  onCaret(place: Place | undefined, selected: string): void
  onUndo(): void
  onRedo(): void
  /** Hear from here: the caret's place, or the word that was Alt-clicked. */
  onPlay(place: Place): void
}

export function createEditor({ paragraphs, onChange, onPlay, ...rest }: EditorOptions): Editor {
  return createTextEditor({
    ...rest,
    className: 'narrate-text',
    nodes,
    extensions: [gutter],
    keys: {
      'Mod-Enter': editor => {
        const place = placeAt(editor.state.doc, editor.state.selection.from)
        if (place) onPlay(place)
        return true
      },
    },
    doc: schema => toDoc(schema, paragraphs),
    onChange: (doc, tag) => onChange(toParagraphs(doc), tag),
    onClick(place, event) {
      if (event.altKey) onPlay(place)
      return event.altKey
    },
  })
}
