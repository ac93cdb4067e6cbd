import type { Lang, Segment, VoiceBlend } from '#protocol/speech.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'

/** Seconds of silence between sentences, and between paragraphs; none behind the last. */
export const PAUSE = { sentence: 0.35, paragraph: 0.75 } as const

export interface Manner {
  readonly lang: Lang
  readonly voice: VoiceBlend
  readonly speed: number
}

/** A plain text as sentences to speak. A blank line begins a paragraph; a single line end is a space. */
export async function spokenSegments(text: string, manner: Manner): Promise<readonly Segment[]> {
  const segmenter = await loadSegmenter()
  const segments: Segment[] = []
  for (const block of text.split(/(?:\r?\n[^\S\n]*){2,}/)) {
    const paragraph = block.replace(/\s+/g, ' ').trim()
    const spans = paragraph === '' ? [] : segmenter.sentences(paragraph, manner.lang)
    for (const [at, { from, to }] of spans.entries()) {
      segments.push({
        id: `s${segments.length + 1}`,
        text: paragraph.slice(from, to),
        lexicon: [],
        pauseAfter: at === spans.length - 1 ? PAUSE.paragraph : PAUSE.sentence,
        ...manner,
      })
    }
  }
  const last = segments.at(-1)
  if (last) segments[segments.length - 1] = { ...last, pauseAfter: 0 }
  return segments
}
