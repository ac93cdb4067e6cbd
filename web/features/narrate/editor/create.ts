import { Editor, Extension } from '@tiptap/core'
import { TextSelection } from '@tiptap/pm/state'
import type { Paragraph } from '#protocol/projects.ts'
import { gutter } from './gutter.ts'
import { paragraphIds } from './ids.ts'
import { lightsFallback } from './lights.ts'
import { cleanPaste } from './paste.ts'
import { placeAt, type Place } from './places.ts'
import { nodes, toDoc, toParagraphs } from './schema.ts'
import { FROM_STORE } from './sync.ts'

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

/** Undo belongs to the project, which is more than this chapter's text: the keys and the browser's menu go there. */
function keys(options: EditorOptions) {
  return Extension.create({
    name: 'roomKeys',
    addKeyboardShortcuts: () => ({
      'Mod-z': () => (options.onUndo(), true),
      'Mod-y': () => (options.onRedo(), true),
      'Mod-Shift-z': () => (options.onRedo(), true),
      'Mod-Enter': ({ editor }) => {
        const place = placeAt(editor.state.doc, editor.state.selection.from)
        if (place) options.onPlay(place)
        return true
      },
      // A line break inside a paragraph can't be heard: Shift+Enter begins a paragraph, too.
      'Shift-Enter': ({ editor }) => editor.commands.splitBlock(),
    }),
  })
}

export function createEditor(options: EditorOptions): Editor {
  const editor = new Editor({
    element: options.element,
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    enableCoreExtensions: { clipboardTextSerializer: false, drop: false, paste: false, delete: false },
    extensions: [...nodes, paragraphIds, cleanPaste, gutter, lightsFallback, keys(options)],
    editorProps: {
      attributes: {
        class: 'narrate-text',
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': options.label,
        spellcheck: 'true',
      },
      clipboardTextSerializer: slice => slice.content.textBetween(0, slice.content.size, '\n\n'),
      handleDOMEvents: {
        beforeinput: (_view, event) => {
          if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return false
          event.preventDefault()
          if (event.inputType === 'historyUndo') options.onUndo()
          else options.onRedo()
          return true
        },
      },
      handleClick: (view, position, event) => {
        if (!event.altKey) return false
        const place = placeAt(view.state.doc, position)
        if (place) options.onPlay(place)
        return true
      },
    },
    onTransaction: ({ editor, transaction, appendedTransactions }) => {
      const fromStore = transaction.getMeta(FROM_STORE) === true
      const changed = transaction.docChanged || appendedTransactions.some(({ docChanged }) => docChanged)
      if (changed && !fromStore) {
        const place = placeAt(editor.state.doc, editor.state.selection.from)
        const typing = transaction.getMeta('uiEvent') === undefined
        options.onChange(toParagraphs(editor.state.doc), typing && place ? `text ${place.paragraph}` : undefined)
      }
      if (changed || transaction.selectionSet) {
        const { from, to } = editor.state.selection
        const selected = to - from > 0 && to - from < 500 ? editor.state.doc.textBetween(from, to, ' ') : ''
        options.onCaret(placeAt(editor.state.doc, from), selected)
      }
    },
  })
  // Set after mounting, straight as nodes: ten thousand sentences need not pass through JSON.
  const { state, view } = editor
  const fill = state.tr.replaceWith(0, state.doc.content.size, toDoc(state.schema, options.paragraphs).content)
  view.dispatch(fill.setSelection(TextSelection.atStart(fill.doc)).setMeta(FROM_STORE, true))
  return editor
}
