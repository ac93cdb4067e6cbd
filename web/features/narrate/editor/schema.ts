import { Node, type Extensions } from '@tiptap/core'
import { Document } from '@tiptap/extension-document'
import { Text } from '@tiptap/extension-text'
import type { Paragraph } from '#protocol/projects.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { newId } from '../document.ts'
import type { Node as ProseNode, Schema } from '@tiptap/pm/model'

// A chapter in the editor is a row of paragraphs of plain text. The name of a paragraph is an attribute of its node, so
// that it stays while the text around it changes.

function readVoice(element: HTMLElement): VoiceBlend | null {
  try {
    const voice: unknown = JSON.parse(element.dataset['voice'] ?? 'null')
    return Array.isArray(voice) && voice.every(part => typeof part?.id === 'string' && part.weight > 0) ? voice : null
  } catch {
    return null
  }
}

const Block = Node.create({
  name: 'paragraph',
  group: 'block',
  content: 'text*',
  marks: '',
  addAttributes() {
    return {
      // Never read from pasted HTML: a pasted paragraph is a new one.
      id: {
        default: null,
        keepOnSplit: false,
        parseHTML: () => null,
        renderHTML: ({ id }) => (id ? { 'data-id': id } : {}),
      },
      voice: {
        default: null,
        parseHTML: readVoice,
        renderHTML: ({ voice }) => (voice ? { 'data-voice': JSON.stringify(voice) } : {}),
      },
    }
  },
  parseHTML: () => [{ tag: 'p' }],
  // dir="auto": a right-to-left paragraph reads right to left whatever its neighbours do.
  renderHTML: ({ HTMLAttributes }) => ['p', { ...HTMLAttributes, dir: 'auto' }, 0],
})

export const nodes: Extensions = [Document, Block, Text]

export function paragraphId(node: ProseNode): string | undefined {
  const id: unknown = node.attrs['id']
  return typeof id === 'string' ? id : undefined
}

/** Nodes and paragraphs are never changed in place, so each is made from the other only once. */
const nodeOf = new WeakMap<Paragraph, ProseNode>()
const paragraphOf = new WeakMap<ProseNode, Paragraph>()

/** Characters that can't stand in a paragraph: line breaks end it, NUL and other controls are never meant. */
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]/g

function toNode(schema: Schema, paragraph: Paragraph): ProseNode {
  const known = nodeOf.get(paragraph)
  if (known && known.type.schema === schema) return known
  const text = paragraph.text.replace(CONTROLS, ' ')
  const node = schema.node(
    'paragraph',
    { id: paragraph.id, voice: paragraph.voice ?? null },
    text === '' ? [] : [schema.text(text)],
  )
  nodeOf.set(paragraph, node)
  if (text === paragraph.text) paragraphOf.set(node, paragraph)
  return node
}

function toParagraph(node: ProseNode): Paragraph {
  const known = paragraphOf.get(node)
  if (known) return known
  const voice = node.attrs['voice'] as VoiceBlend | null
  const paragraph: Paragraph = {
    id: paragraphId(node) ?? newId(),
    text: node.textContent,
    ...(voice ? { voice } : {}),
  }
  paragraphOf.set(node, paragraph)
  nodeOf.set(paragraph, node)
  return paragraph
}

export function toDoc(schema: Schema, paragraphs: readonly Paragraph[]): ProseNode {
  const blocks = paragraphs.map(paragraph => toNode(schema, paragraph))
  return schema.node('doc', null, blocks.length > 0 ? blocks : [schema.node('paragraph', { id: newId() })])
}

export function toParagraphs(doc: ProseNode): Paragraph[] {
  const paragraphs: Paragraph[] = []
  doc.forEach(node => paragraphs.push(toParagraph(node)))
  return paragraphs
}
