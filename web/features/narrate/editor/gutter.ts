import { Extension } from '@tiptap/core'
import type { Node as ProseNode } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import type { EditorView, NodeView } from '@tiptap/pm/view'
import { paragraphId } from '../../../ui/text/blocks.ts'

export type GutterState = 'waiting' | 'rendering' | 'ready' | 'suspect' | 'problem'

/** What stands beside a paragraph: a bar with a stretch for each of its sentences, and whose voice reads it. */
export interface GutterMark {
  readonly sentences: readonly { readonly from: number; readonly to: number; readonly state: GutterState }[]
  readonly speaker?: string
}

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

/** Which element shows which paragraph of an editor, and what stands beside it. */
interface Board {
  marks: ReadonlyMap<string, GutterMark>
  readonly elements: Map<string, HTMLElement>
}

const boards = new WeakMap<EditorView, Board>()

function boardOf(view: EditorView): Board {
  let board = boards.get(view)
  if (!board) boards.set(view, (board = { marks: new Map(), elements: new Map() }))
  return board
}

function paint(element: HTMLElement, mark: GutterMark | undefined): void {
  if (mark && mark.sentences.length > 0) element.style.setProperty('--gutter', gradient(mark))
  else element.style.removeProperty('--gutter')
  if (mark?.speaker) element.dataset['speaker'] = mark.speaker
  else delete element.dataset['speaker']
}

/**
 * A paragraph's element. Marks are written straight to it: as decorations, thousands of them would be searched through
 * for each paragraph at every key.
 */
function paragraphView(first: ProseNode, view: EditorView): NodeView {
  const board = boardOf(view)
  const dom = document.createElement('p')
  dom.dir = 'auto'
  let id: string | undefined
  function show(node: ProseNode) {
    const next = paragraphId(node)
    if (next === id) return
    forget()
    id = next
    if (id === undefined) return
    dom.dataset['id'] = id
    board.elements.set(id, dom)
    paint(dom, board.marks.get(id))
  }
  function forget() {
    if (id !== undefined && board.elements.get(id) === dom) board.elements.delete(id)
  }
  show(first)
  return {
    dom,
    contentDOM: dom,
    update(node) {
      if (node.type !== first.type) return false
      show(node)
      return true
    },
    ignoreMutation: ({ type }) => type === 'attributes',
    destroy: forget,
  }
}

export const gutter = Extension.create({
  name: 'gutter',
  addProseMirrorPlugins: () => [new Plugin({ props: { nodeViews: { paragraph: paragraphView } } })],
})

/** Only marks that are another object than before are drawn anew. */
export function setGutter(view: EditorView, marks: ReadonlyMap<string, GutterMark>): void {
  const board = boardOf(view)
  const before = board.marks
  board.marks = marks
  for (const [id, element] of board.elements) {
    const mark = marks.get(id)
    if (mark !== before.get(id)) paint(element, mark)
  }
}
