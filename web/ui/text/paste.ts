import { Extension } from '@tiptap/core'
import { Fragment, Slice, type Node as ProseNode, type Schema } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'

/** Soft hyphens, zero-width spaces and byte order marks, which come along from web pages and PDFs. Joiners stay. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g
const SPACES = /[\u0000-\u001f\u007f\u00a0\u2028\u2029]+/g

export function cleanText(text: string): string {
  return text.replace(INVISIBLE, '').replace(SPACES, ' ')
}

/**
 * Plain text as paragraphs. Where blank lines part it, a single line break is a wrapped line, as in mails and
 * Gutenberg's books; without blank lines every line is a paragraph.
 */
export function linesToParagraphs(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/[\u2028\u2029\u0085]/g, '\n')
  const wrapped = /\n[^\S\n]*\n/.test(lines.trim())
  const blocks = wrapped ? lines.split(/\n(?:[^\S\n]*\n)+/) : lines.split('\n')
  return blocks.map(block => cleanText(block).replace(/ {2,}/g, ' ').trim()).filter(block => block !== '')
}

function cleanNode(schema: Schema, node: ProseNode): ProseNode | undefined {
  if (node.isText) {
    const text = cleanText(node.text ?? '')
    return text === '' ? undefined : schema.text(text)
  }
  return node.copy(cleanFragment(schema, node.content))
}

function cleanFragment(schema: Schema, fragment: Fragment): Fragment {
  const nodes: ProseNode[] = []
  fragment.forEach(node => {
    const clean = cleanNode(schema, node)
    if (clean) nodes.push(clean)
  })
  return Fragment.from(nodes)
}

/** Whatever is pasted or dropped becomes paragraphs of plain text. */
export const cleanPaste = Extension.create({
  name: 'cleanPaste',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        // Line breaks of a web page part paragraphs, too; scripts and styles are no text.
        transformPastedHTML: html => {
          const page = new DOMParser().parseFromString(html, 'text/html')
          page.querySelectorAll('script, style, noscript, template').forEach(element => element.remove())
          page.querySelectorAll('br').forEach(element => {
            const marker = page.createElement('p')
            element.replaceWith(marker)
          })
          return page.body.innerHTML
        },
        clipboardTextParser: (text, _place, _plain, view) => {
          const { schema } = view.state
          const blocks = linesToParagraphs(text).map(block => schema.node('paragraph', null, [schema.text(block)]))
          return new Slice(Fragment.from(blocks), 1, 1)
        },
        transformPasted: (slice, view) => {
          const { schema } = view.state
          const { content, openStart, openEnd } = slice
          const clean: ProseNode[] = []
          cleanFragment(schema, content).forEach(node => {
            if (node.isText || node.content.size > 0) clean.push(node)
          })
          const open = clean[0]?.isText ? 0 : 1
          return clean.length === 0
            ? Slice.empty
            : new Slice(Fragment.from(clean), Math.min(openStart, open), Math.min(openEnd, open))
        },
      },
    }),
  ],
})
