import { Extension } from '@tiptap/core'
import type { Node as ProseNode } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import { paragraphId } from '../../../ui/text/blocks.ts'

/** What stands beside a paragraph and is marked in it. */
export interface ParagraphMark {
  /** When it begins, as on a clock. */
  readonly time: string
  readonly speaker: string
  /** Colours repeat; the name tells speakers apart. */
  readonly colour: number | undefined
  /** Words that should be looked at, with the reason in words. */
  readonly doubts: readonly { readonly from: number; readonly to: number; readonly why: string }[]
}

export type Marks = ReadonlyMap<string, ParagraphMark>

/** How many colours editor.css has for speakers. */
export const SPEAKER_COLOURS = 6

const key = new PluginKey<DecorationSet>('transcriptMarks')

function decorationsOf(doc: ProseNode, marks: Marks): DecorationSet {
  const decorations: Decoration[] = []
  doc.forEach((node, at) => {
    const mark = marks.get(paragraphId(node) ?? '')
    if (!mark) return
    const colour = mark.colour === undefined ? {} : { class: `speaker-${mark.colour}` }
    decorations.push(
      Decoration.node(at, at + node.nodeSize, { 'data-time': mark.time, 'data-speaker': mark.speaker, ...colour }),
    )
    for (const { from, to, why } of mark.doubts) {
      const end = Math.min(to, node.content.size)
      if (from < end) decorations.push(Decoration.inline(at + 1 + from, at + 1 + end, { class: 'doubt', title: why }))
    }
  })
  return DecorationSet.create(doc, decorations)
}

/** Times, speakers and doubts as decorations: the document holds the text alone. */
export const transcriptMarks = Extension.create({
  name: 'transcriptMarks',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply(change, old) {
          const marks = change.getMeta(key) as Marks | undefined
          return marks ? decorationsOf(change.doc, marks) : old.map(change.mapping, change.doc)
        },
      },
      props: { decorations: state => key.getState(state) },
    }),
  ],
})

export function setMarks(view: EditorView, marks: Marks): void {
  view.dispatch(view.state.tr.setMeta(key, marks).setMeta('addToHistory', false))
}
