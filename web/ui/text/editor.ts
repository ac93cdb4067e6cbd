import { Editor, Extension, type Extensions } from '@tiptap/core'
import type { Node as ProseNode, Schema } from '@tiptap/pm/model'
import { paragraphIds } from './ids.ts'
import { lightsFallback } from './lights.ts'
import { cleanPaste } from './paste.ts'
import { placeAt, type Place } from './places.ts'
import { fillDoc, FROM_STORE } from './sync.ts'

interface TextEditorOptions {
  readonly element: HTMLElement
  /** The text's accessible name. */
  readonly label: string
  readonly className: string
  readonly nodes: Extensions
  readonly extensions?: Extensions
  /** Keys of the room beside those of every text: `Mod-Enter` → whether it was taken. */
  readonly keys: Readonly<Record<string, (editor: Editor) => boolean>>
  doc(schema: Schema): ProseNode
  /** @param tag the same for changes that undo takes together; undefined for one that stands alone */
  onChange(doc: ProseNode, tag: string | undefined): void
  onCaret(place: Place | undefined, selected: string): void
  /** Undo belongs to the store, which is more than this text: the keys and the browser's menu go there. */
  onUndo(): void
  onRedo(): void
  /** @returns whether the click was taken */
  onClick(place: Place, event: MouseEvent): boolean
}

/** Characters of a selection that anybody asks for. */
const MOST_SELECTED = 500

/** An editor for paragraphs of plain text. */
export function createTextEditor(options: TextEditorOptions): Editor {
  const keys = Extension.create({
    name: 'roomKeys',
    addKeyboardShortcuts: () => ({
      'Mod-z': () => (options.onUndo(), true),
      'Mod-y': () => (options.onRedo(), true),
      'Mod-Shift-z': () => (options.onRedo(), true),
      // A line break inside a paragraph has no meaning here: Shift+Enter begins a paragraph, too.
      'Shift-Enter': ({ editor }) => editor.commands.splitBlock(),
      ...Object.fromEntries(
        Object.entries(options.keys).map(([key, act]) => [key, ({ editor }: { editor: Editor }) => act(editor)]),
      ),
    }),
  })
  const editor = new Editor({
    element: options.element,
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    enableCoreExtensions: { clipboardTextSerializer: false, drop: false, paste: false, delete: false },
    extensions: [...options.nodes, paragraphIds, cleanPaste, ...(options.extensions ?? []), lightsFallback, keys],
    editorProps: {
      attributes: {
        class: options.className,
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
        const place = placeAt(view.state.doc, position)
        return place !== undefined && options.onClick(place, event)
      },
    },
    onTransaction: ({ editor, transaction, appendedTransactions }) => {
      const fromStore = transaction.getMeta(FROM_STORE) === true
      const changed = transaction.docChanged || appendedTransactions.some(({ docChanged }) => docChanged)
      if (changed && !fromStore) {
        const place = placeAt(editor.state.doc, editor.state.selection.from)
        const typing = transaction.getMeta('uiEvent') === undefined
        options.onChange(editor.state.doc, typing && place ? `text ${place.paragraph}` : undefined)
      }
      if (changed || transaction.selectionSet) {
        const { from, to } = editor.state.selection
        const some = to - from > 0 && to - from < MOST_SELECTED
        options.onCaret(placeAt(editor.state.doc, from), some ? editor.state.doc.textBetween(from, to, ' ') : '')
      }
    },
  })
  fillDoc(editor, options.doc(editor.schema))
  return editor
}
