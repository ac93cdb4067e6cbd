const OPENINGS = ['<think>', '<thinking>'] as const
const CLOSINGS = ['</think>', '</thinking>'] as const
const TAGS = [...OPENINGS, ...CLOSINGS]

/** How many characters at the end of `text` could be the beginning of a tag. */
function unfinished(text: string): number {
  const at = text.lastIndexOf('<')
  if (at < 0) return 0
  const tail = text.slice(at)
  return TAGS.some(tag => tag.length > tail.length && tag.startsWith(tail)) ? tail.length : 0
}

function first(text: string, tags: readonly string[]): { readonly at: number; readonly tag: string } | undefined {
  const found = tags.map(tag => ({ tag, at: text.indexOf(tag) })).filter(({ at }) => at >= 0)
  return found.sort((one, other) => one.at - other.at)[0]
}

/**
 * Takes what a model thinks aloud, `<think>…</think>`, out of what it says. Tags may be split over pieces; a closing
 * one alone, which some templates leave, is taken out as well.
 */
export class ThoughtFilter {
  #held = ''
  #isThinking = false
  #hasSaid = false
  #hasThought = false

  /** Whether something was taken out. */
  get hasThought(): boolean {
    return this.#hasThought
  }

  /** What may be said of the reply so far; often nothing. */
  push(piece: string): string {
    this.#held += piece
    let said = ''
    for (;;) {
      const tag = first(this.#held, this.#isThinking ? CLOSINGS : TAGS)
      if (!tag) break
      if (!this.#isThinking) said += this.#held.slice(0, tag.at)
      this.#held = this.#held.slice(tag.at + tag.tag.length)
      this.#isThinking = OPENINGS.some(opening => opening === tag.tag)
      this.#hasThought = true
    }
    const kept = unfinished(this.#held)
    if (!this.#isThinking) said += this.#held.slice(0, this.#held.length - kept)
    this.#held = kept === 0 ? '' : this.#held.slice(-kept)
    return this.#begun(said)
  }

  /** The rest, when nothing more comes: what looked like a tag was none. */
  end(): string {
    const rest = this.#isThinking ? '' : this.#held
    this.#held = ''
    return this.#begun(rest)
  }

  /** A reply does not begin with the blank lines behind a thought. */
  #begun(said: string): string {
    const text = this.#hasSaid ? said : said.trimStart()
    this.#hasSaid ||= text !== ''
    return text
  }
}
