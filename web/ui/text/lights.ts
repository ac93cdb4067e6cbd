import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import type { Stretch } from './places.ts'

interface Highlights {
  readonly has: boolean
}
const highlights: Highlights = {
  get has() {
    return typeof CSS !== 'undefined' && 'highlights' in CSS && typeof Highlight === 'function'
  },
}

const nameOf = (light: string) => `voxloom-${light}`

type Lit = readonly (readonly [light: string, stretches: readonly Stretch[]])[]

/**
 * The CSS Custom Highlight API paints ranges without touching the document's elements: a word a frame costs a repaint
 * of one line. Highlights are of the whole page, so only one editor at a time may own them.
 */
function paint(view: EditorView, light: string, priority: number, stretches: readonly Stretch[]): void {
  if (stretches.length === 0) {
    CSS.highlights.delete(nameOf(light))
    return
  }
  const highlight = new Highlight()
  highlight.priority = priority
  for (const { from, to } of stretches) {
    const range = document.createRange()
    const start = view.domAtPos(from)
    const end = view.domAtPos(to)
    range.setStart(start.node, start.offset)
    range.setEnd(end.node, end.offset)
    highlight.add(range)
  }
  CSS.highlights.set(nameOf(light), highlight)
}

/** For browsers without highlights: the same stretches as decorations, `.light-word` and so on. */
const fallbackKey = new PluginKey<DecorationSet>('lights')

export const lightsFallback = Extension.create({
  name: 'lights',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: fallbackKey,
      state: {
        init: () => DecorationSet.empty,
        apply(change, old) {
          const lit = change.getMeta(fallbackKey) as Lit | undefined
          if (!lit) return old.map(change.mapping, change.doc)
          const decorations = lit.flatMap(([light, stretches]) =>
            stretches
              .filter(({ to }) => to <= change.doc.content.size)
              .map(({ from, to }) => Decoration.inline(from, to, { class: `light-${light}` })),
          )
          return DecorationSet.create(change.doc, decorations)
        },
      },
      props: { decorations: state => fallbackKey.getState(state) },
    }),
  ],
})

export interface Lights<Light extends string> {
  set(light: Light, stretches: readonly Stretch[]): void
  /** Ranges follow the elements that they were made from; call after the document changed under them. */
  repaint(): void
  close(): void
}

/** @param names of what is lit in the text; later ones lie over earlier ones */
export function createLights<Light extends string>(
  view: EditorView,
  names: readonly Light[],
  { useHighlights = highlights.has } = {},
): Lights<Light> {
  const lit = new Map<Light, readonly Stretch[]>()
  const show = (light: Light) => {
    if (view.isDestroyed) return
    if (useHighlights) paint(view, light, names.indexOf(light), lit.get(light) ?? [])
    else {
      const all: Lit = names.map(name => [name, lit.get(name) ?? []])
      view.dispatch(view.state.tr.setMeta(fallbackKey, all).setMeta('addToHistory', false))
    }
  }
  const fits = (stretches: readonly Stretch[]) =>
    stretches.filter(({ from, to }) => from < to && to <= view.state.doc.content.size)
  return {
    set(light, stretches) {
      const next = fits(stretches)
      const old = lit.get(light) ?? []
      if (next.length === old.length && next.every((s, i) => s.from === old[i]?.from && s.to === old[i]?.to)) return
      lit.set(light, next)
      show(light)
    },
    repaint() {
      for (const [light, stretches] of lit) {
        if (stretches.length === 0) continue
        lit.set(light, fits(stretches))
        if (useHighlights) show(light)
      }
    },
    close() {
      lit.clear()
      if (useHighlights) for (const light of names) CSS.highlights.delete(nameOf(light))
    },
  }
}
