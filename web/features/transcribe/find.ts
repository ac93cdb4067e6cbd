import type { Transcript } from '../../storage/transcripts-types.ts'
import { setBlocks } from './document.ts'
import type { Stretch } from './words.ts'

export interface FindWish {
  readonly query: string
  readonly exactCase?: boolean
  readonly wholeWords?: boolean
}

function patternOf({ query, exactCase = false, wholeWords = false }: FindWish): RegExp | undefined {
  if (query === '') return undefined
  // Blanks of any kind and number are one: what was pasted into the box may come from a page with others.
  const words = query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\s+/g, '\\s+')
  const [before, after] = wholeWords ? ['(?<![\\p{L}\\p{N}])', '(?![\\p{L}\\p{N}])'] : ['', '']
  return new RegExp(`${before}${words}${after}`, exactCase ? 'gu' : 'giu')
}

/** Every place where the text has what is looked for, in order. */
export function findAll({ paragraphs }: Pick<Transcript, 'paragraphs'>, wish: FindWish): Stretch[] {
  const pattern = patternOf(wish)
  if (!pattern) return []
  return paragraphs.flatMap(({ id, text }) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      paragraph: id,
      from: index,
      to: index + found.length,
    })),
  )
}

/** Puts `by` in the place of each stretch, which must be in order. Words around them keep their times. */
export function replaceAll(transcript: Transcript, stretches: readonly Stretch[], by: string): Transcript {
  const places = new Map<string, Stretch[]>()
  for (const stretch of stretches) places.set(stretch.paragraph, [...(places.get(stretch.paragraph) ?? []), stretch])
  const blocks = transcript.paragraphs.map(paragraph => {
    const here = places.get(paragraph.id)
    if (!here) return paragraph
    let text = ''
    let at = 0
    for (const { from, to } of here) {
      text += paragraph.text.slice(at, from) + by
      at = to
    }
    return { ...paragraph, text: text + paragraph.text.slice(at) }
  })
  return setBlocks(transcript, blocks)
}
