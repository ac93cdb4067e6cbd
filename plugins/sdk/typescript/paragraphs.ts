/** A paragraph, or a piece of a long one, on one line. */
export interface Paragraph {
  readonly text: string
  /** Whether the paragraph ends here. */
  readonly ends: boolean
}

/** A character beyond ASCII may be cut in two halves, of which each alone means nothing. */
const SECOND_HALF = /[\udc00-\udfff]/

/**
 * White space as it matters to speech: a space, a line's end or an empty line. What is collapsed may be collapsed again
 * with more text behind it, and comes out as if it had been whole.
 */
export function collapseSpace(text: string): string {
  return text.replace(/\s+/g, run => {
    const first = run.indexOf('\n')
    return first < 0 ? ' ' : run.indexOf('\n', first + 1) < 0 ? '\n' : '\n\n'
  })
}

/**
 * Where to cut text that must be cut before `limit`: after a sentence, a clause or a word, whichever is there in the
 * second half, or between two characters.
 */
export function cutPoint(text: string, limit: number): number {
  const head = text.slice(0, limit)
  const found = [/[.!?…]["'”’)\]]*\s|[。！？]/g, /[,;:—–]\s|[、，；：]/g, /\s/g].map(pattern => {
    let end = 0
    for (const match of head.matchAll(pattern)) end = match.index + match[0].length
    return end
  })
  const best = found.find(end => end > limit / 2)
  if (best !== undefined) return best
  return SECOND_HALF.test(text[limit] ?? '') ? limit - 1 : limit
}

/**
 * Text in slices of any size as paragraphs, each given as soon as the empty line behind it is there. One that goes on
 * and on is given in pieces, so that memory stays bounded.
 * @param limit UTF-16 units of a piece
 */
export async function* paragraphs(text: AsyncIterable<string>, limit = 4000): AsyncGenerator<Paragraph> {
  let open = ''
  for await (const slice of text) {
    for (let at = 0; at < slice.length; at += limit) {
      open = collapseSpace(open + slice.slice(at, at + limit)).trimStart()
      for (;;) {
        const end = open.indexOf('\n\n')
        if (end < 0 && open.length <= limit) break
        const ends = end >= 0 && end <= limit
        const cut = ends ? end : cutPoint(open, limit)
        const piece = oneLine(open.slice(0, cut))
        open = open.slice(cut).trimStart()
        if (piece !== '') yield { text: piece, ends }
      }
    }
  }
  const rest = oneLine(open)
  if (rest !== '') yield { text: rest, ends: true }
}

const oneLine = (text: string) => text.replaceAll('\n', ' ').trim()
