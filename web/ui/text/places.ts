import type { Node as ProseNode } from '@tiptap/pm/model'
import { paragraphId } from './blocks.ts'

/** A stretch of a document, in ProseMirror positions. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A place in the text that outlives the editor: which paragraph, and how many UTF-16 units into it. */
export interface Place {
  readonly paragraph: string
  readonly offset: number
}

const starts = new WeakMap<ProseNode, Map<string, { at: number; size: number }>>()

/** Where each paragraph's text begins; found once for each version of the document. */
function startsOf(doc: ProseNode): Map<string, { at: number; size: number }> {
  let known = starts.get(doc)
  if (!known) {
    known = new Map()
    const map = known
    doc.forEach((node, at) => {
      const id = paragraphId(node)
      if (id !== undefined) map.set(id, { at: at + 1, size: node.content.size })
    })
    starts.set(doc, known)
  }
  return known
}

/** Offsets beyond the paragraph, as come from a script that lags behind the typing, end where it ends. */
export function stretchOf(doc: ProseNode, paragraph: string, from: number, to: number): Stretch | undefined {
  const start = startsOf(doc).get(paragraph)
  if (!start) return undefined
  const end = Math.min(to, start.size)
  const begin = Math.max(0, Math.min(from, end))
  return begin < end ? { from: start.at + begin, to: start.at + end } : undefined
}

export function positionOf(doc: ProseNode, { paragraph, offset }: Place): number | undefined {
  const start = startsOf(doc).get(paragraph)
  return start && start.at + Math.max(0, Math.min(offset, start.size))
}

export function placeAt(doc: ProseNode, position: number): Place | undefined {
  const at = doc.resolve(Math.max(0, Math.min(position, doc.content.size)))
  const node = at.depth > 0 ? at.node(1) : (at.nodeAfter ?? at.nodeBefore)
  const paragraph = node ? paragraphId(node) : undefined
  if (paragraph === undefined) return undefined
  return { paragraph, offset: at.depth > 0 ? at.parentOffset : 0 }
}
