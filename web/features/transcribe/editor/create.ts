import type { Editor } from '@tiptap/core'
import { createTextEditor } from '../../../ui/text/editor.ts'
import { placeAt, type Place } from '../../../ui/text/places.ts'
import type { Block } from '../document.ts'
import { transcriptMarks } from './marks.ts'
import { nodes, toBlocks, toDoc } from './schema.ts'

/** Names that can be given by a key: Alt+1 to Alt+9. */
const SPEAKER_KEYS = 9

interface EditorOptions {
  readonly element: HTMLElement
  readonly blocks: readonly Block[]
  /** The text's accessible name. */
  readonly label: string
  onChange(blocks: Block[], tag: string | undefined): void
  onCaret(place: Place | undefined, selected: string): void
  onUndo(): void
  onRedo(): void
  /** Hear from the word that was clicked, or that the caret stands in. */
  onPlay(place: Place): void
  /** Sound on or off, without leaving the text. */
  onToggle(): void
  /** Out of the text, for those who use the keyboard. */
  onLeave(): void
  /** The caret's paragraph is said by the nth speaker, counted from 0. */
  onSpeaker(index: number): void
}

export function createEditor({
  blocks,
  onChange,
  onPlay,
  onToggle,
  onLeave,
  onSpeaker,
  ...rest
}: EditorOptions): Editor {
  const speakers = Array.from({ length: SPEAKER_KEYS }, (_, index) => [
    `Alt-${index + 1}`,
    () => {
      onSpeaker(index)
      return true
    },
  ])
  return createTextEditor({
    ...rest,
    className: 'transcript-text',
    nodes,
    extensions: [transcriptMarks],
    keys: {
      'Mod-Enter': editor => {
        const place = placeAt(editor.state.doc, editor.state.selection.from)
        if (place) onPlay(place)
        return true
      },
      Tab: () => {
        onToggle()
        return true
      },
      Escape: () => {
        onLeave()
        return true
      },
      ...Object.fromEntries(speakers),
    },
    doc: schema => toDoc(schema, blocks),
    onChange: (doc, tag) => onChange(toBlocks(doc), tag),
    onClick(place, event) {
      // The second click of two selects a word.
      if (event.detail === 1 && event.button === 0 && !event.shiftKey) onPlay(place)
      return false
    },
  })
}
