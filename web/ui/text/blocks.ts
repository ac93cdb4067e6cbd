import { Node, type Attribute, type Extensions } from '@tiptap/core'
import { Document } from '@tiptap/extension-document'
import { Text } from '@tiptap/extension-text'
import type { Attrs, Node as ProseNode, Schema } from '@tiptap/pm/model'
import { newId } from '../new-id.ts'

// A text in the editor is a row of paragraphs of plain text. The name of a paragraph is an attribute of its node, so
// that it stays while the text around it changes.

interface Block {
  readonly id: string
  readonly text: string
}

/** What a room's paragraphs have beyond their text: attributes of the node, and the way there and back. */
interface BlockKind<Kind extends Block> {
  readonly attributes: Readonly<Record<string, Partial<Attribute>>>
  toAttributes(block: Kind): Readonly<Record<string, unknown>>
  fromAttributes(attributes: Attrs): Omit<Kind, 'id' | 'text'>
}

interface Blocks<Kind extends Block> {
  readonly nodes: Extensions
  toDoc(schema: Schema, blocks: readonly Kind[]): ProseNode
  toBlocks(doc: ProseNode): Kind[]
}

/** Characters that can't stand in a paragraph: line breaks end it, NUL and other controls are never meant. */
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]/g

export function paragraphId(node: ProseNode): string | undefined {
  const id: unknown = node.attrs['id']
  return typeof id === 'string' ? id : undefined
}

export function createBlocks<Kind extends Block>(kind: BlockKind<Kind>): Blocks<Kind> {
  const paragraph = Node.create({
    name: 'paragraph',
    group: 'block',
    content: 'text*',
    marks: '',
    addAttributes: () => ({
      // Never read from pasted HTML: a pasted paragraph is a new one.
      id: {
        default: null,
        keepOnSplit: false,
        parseHTML: () => null,
        renderHTML: ({ id }) => (id ? { 'data-id': id as string } : {}),
      },
      ...kind.attributes,
    }),
    parseHTML: () => [{ tag: 'p' }],
    // dir="auto": a right-to-left paragraph reads right to left whatever its neighbours do.
    renderHTML: ({ HTMLAttributes }) => ['p', { ...HTMLAttributes, dir: 'auto' }, 0],
  })

  /** Nodes and paragraphs are never changed in place, so each is made from the other only once. */
  const nodeOf = new WeakMap<Kind, ProseNode>()
  const blockOf = new WeakMap<ProseNode, Kind>()

  function toNode(schema: Schema, block: Kind): ProseNode {
    const known = nodeOf.get(block)
    if (known && known.type.schema === schema) return known
    const text = block.text.replace(CONTROLS, ' ')
    const attributes = { id: block.id, ...kind.toAttributes(block) }
    const node = schema.node('paragraph', attributes, text === '' ? [] : [schema.text(text)])
    nodeOf.set(block, node)
    if (text === block.text) blockOf.set(node, block)
    return node
  }

  function toBlock(node: ProseNode): Kind {
    const known = blockOf.get(node)
    if (known) return known
    const own = { id: paragraphId(node) ?? newId(), text: node.textContent }
    const block = { ...own, ...kind.fromAttributes(node.attrs) } as Kind
    blockOf.set(node, block)
    nodeOf.set(block, node)
    return block
  }

  return {
    nodes: [Document, paragraph, Text],
    toDoc(schema, blocks) {
      const nodes = blocks.map(block => toNode(schema, block))
      return schema.node('doc', null, nodes.length > 0 ? nodes : [schema.node('paragraph', { id: newId() })])
    },
    toBlocks(doc) {
      const blocks: Kind[] = []
      doc.forEach(node => blocks.push(toBlock(node)))
      return blocks
    },
  }
}
