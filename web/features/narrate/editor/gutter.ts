import { Extension } from '@tiptap/core'
import type { Node as ProseNode } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import { paragraphId } from './schema.ts'

export type GutterState = 'waiting' | 'rendering' | 'ready' | 'suspect' | 'problem'

/** What stands beside a paragraph: a bar with a stretch for each of its sentences, and whose voice reads it. */
export interface GutterMark {
  readonly sentences: readonly { readonly from: number; readonly to: number; readonly state: GutterState }[]
  readonly speaker?: string
}

const key = new PluginKey<DecorationSet>('gutter')
/** A bar is at most a screen high: more stretches than this could not be told apart. */
const MAX_STRETCHES = 60

/** The bar as a CSS gradient: each sentence takes its share of the height, a hairline parts neighbours. */
export function gradient({ sentences }: GutterMark): string {
  const end = sentences.at(-1)?.to ?? 0
  if (end === 0) return 'none'
  const runs: { to: number; state: GutterState }[] = []
  const merge = sentences.length > MAX_STRETCHES
  for (const { to, state } of sentences) {
    const last = runs.at(-1)
    if (merge && last?.state === state) last.to = to
    else runs.push({ to, state })
  }
  let at = 0
  const stops = runs.slice(0, MAX_STRETCHES * 4).map(({ to, state }, index) => {
    const from = at
    at = (to / end) * 100
    const gap = index < runs.length - 1 ? `calc(${at.toFixed(1)}% - 2px)` : '100%'
    const colour = `var(--gutter-${state})`
    return `${colour} ${from.toFixed(1)}% ${gap}, transparent ${gap} ${at.toFixed(1)}%`
  })
  return `linear-gradient(to bottom, ${stops.join(', ')})`
}

function decorate(doc: ProseNode, marks: ReadonlyMap<string, GutterMark>): DecorationSet {
  const decorations: Decoration[] = []
  doc.forEach((node, at) => {
    const mark = marks.get(paragraphId(node) ?? '')
    if (!mark || (mark.sentences.length === 0 && !mark.speaker)) return
    decorations.push(
      Decoration.node(at, at + node.nodeSize, {
        style: `--gutter: ${gradient(mark)}`,
        ...(mark.speaker ? { 'data-speaker': mark.speaker } : {}),
      }),
    )
  })
  return DecorationSet.create(doc, decorations)
}

export const gutter = Extension.create({
  name: 'gutter',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply(change, old) {
          const marks = change.getMeta(key) as ReadonlyMap<string, GutterMark> | undefined
          return marks ? decorate(change.doc, marks) : old.map(change.mapping, change.doc)
        },
      },
      props: { decorations: state => key.getState(state) },
    }),
  ],
})

export function setGutter(view: EditorView, marks: ReadonlyMap<string, GutterMark>): void {
  if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, marks).setMeta('addToHistory', false))
}
