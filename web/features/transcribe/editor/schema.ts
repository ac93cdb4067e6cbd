import { createBlocks } from '../../../ui/text/blocks.ts'
import type { Block } from '../document.ts'

/** A transcript's paragraphs: text, and who says it. What a split leaves is said by the same person. */
export const { nodes, toDoc, toBlocks } = createBlocks<Block>({
  attributes: {
    speaker: { default: null, parseHTML: () => null, renderHTML: () => ({}) },
  },
  toAttributes: ({ speaker }) => ({ speaker: speaker ?? null }),
  fromAttributes({ speaker }) {
    return typeof speaker === 'string' ? { speaker } : {}
  },
})
