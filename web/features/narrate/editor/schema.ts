import type { Paragraph } from '#protocol/projects.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { createBlocks } from '../../../ui/text/blocks.ts'

function readVoice(element: HTMLElement): VoiceBlend | null {
  try {
    const voice: unknown = JSON.parse(element.dataset['voice'] ?? 'null')
    return Array.isArray(voice) && voice.every(part => typeof part?.id === 'string' && part.weight > 0) ? voice : null
  } catch {
    return null
  }
}

/** A chapter's paragraphs: text, and whose voice reads it. */
export const {
  nodes,
  toDoc,
  toBlocks: toParagraphs,
} = createBlocks<Paragraph>({
  attributes: {
    voice: {
      default: null,
      parseHTML: readVoice,
      renderHTML: ({ voice }) => (voice ? { 'data-voice': JSON.stringify(voice) } : {}),
    },
  },
  toAttributes: ({ voice }) => ({ voice: voice ?? null }),
  fromAttributes({ voice }) {
    const blend = voice as VoiceBlend | null
    return blend ? { voice: blend } : {}
  },
})
