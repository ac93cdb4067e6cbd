import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import type { Stretch } from './places.ts'

/** What is lit in the text. Later ones lie over earlier ones. */
export const LIGHTS = ['rendering', 'suspect', 'problem', 'sentence', 'word'] as const
export type Light = (typeof LIGHTS)[number]

interface Highlights {
  readonly has: boolean
}
export const highlights: Highlights = {
  get has() {
    return typeof CSS !== 'undefined' && 'highlights' in CSS && typeof Highlight === 'function'
  },
}

const nameOf = (light: Light) => `voxloom-${light}`

type Stretches = Readonly<Record<Light, readonly Stretch[]>>
const DARK: Stretches = { rendering: [], suspect: [], problem: [], sentence: [], word: [] }

/**
 * The CSS Custom Highlight API paints ranges without touching the document's elements: a word a frame costs a repaint
 * of one line. Highlights are of the whole page, so only one editor at a time may own them.
 */
function paint(view: EditorView, light: Light, stretches: readonly Stretch[]): void {
  if (stretches.length === 0) {
    CSS.highlights.delete(nameOf(light))
    return
  }
  const highlight = new Highlight()
  highlight.priority = LIGHTS.indexOf(light)
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
          const lit = change.getMeta(fallbackKey) as Stretches | undefined
          if (!lit) return old.map(change.mapping, change.doc)
          const decorations = LIGHTS.flatMap(light =>
            lit[light]
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

export interface Lights {
  set(light: Light, stretches: readonly Stretch[]): void
  /** Ranges follow the elements that they were made from; call after the document changed under them. */
  repaint(): void
  close(): void
}

export function createLights(view: EditorView, { useHighlights = highlights.has } = {}): Lights {
  let lit: Stretches = DARK
  const show = (light: Light) => {
    if (view.isDestroyed) return
    if (useHighlights) paint(view, light, lit[light])
    else view.dispatch(view.state.tr.setMeta(fallbackKey, lit).setMeta('addToHistory', false))
  }
  const fits = (stretches: readonly Stretch[]) =>
    stretches.filter(({ from, to }) => from < to && to <= view.state.doc.content.size)
  return {
    set(light, stretches) {
      const next = fits(stretches)
      const old = lit[light]
      if (next.length === old.length && next.every((s, i) => s.from === old[i]?.from && s.to === old[i]?.to)) return
      lit = { ...lit, [light]: next }
      show(light)
    },
    repaint() {
      for (const light of LIGHTS) {
        if (lit[light].length === 0) continue
        lit = { ...lit, [light]: fits(lit[light]) }
        if (useHighlights) show(light)
      }
    },
    close() {
      lit = DARK
      if (useHighlights) for (const light of LIGHTS) CSS.highlights.delete(nameOf(light))
    },
  }
}
