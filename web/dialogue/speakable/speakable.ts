import { blockStep, cellsOf, closesFence } from './block.ts'
import { inlineStep } from './inline.ts'
import { ENGLISH_ANNOUNCEMENTS, GAP, same, silent, UNDECIDED, type Announcements, type Piece } from './piece.ts'

/** Rows of a table that are read out, its head included. */
export const TABLE_ROWS = 6

const THOUGHT = ['<think>', '<thinking>'] as const
const THOUGHT_END = /<\/think(?:ing)?>/
/** UTF-16 units that may be the beginning of the end. */
const THOUGHT_TAIL = '</thinking>'.length

/**
 * Turns Markdown into what a voice says, as it streams in: no stars, no addresses, no code. The pieces follow each other
 * without a gap and cover the whole source, and do not depend on how the source was cut when it came.
 */
export class Speakable {
  readonly #announce: Announcements
  /** What came and was not decided upon, from `#at` on. */
  #rest = ''
  #at = 0
  #before = ''
  #lineStart = true
  /** The line is a heading or an item: its end ends a sentence. */
  #own = false
  /** After a mark within the line: no gap may come before the next. */
  #marked = false
  #fence: string | undefined
  #thinking: boolean | undefined
  #rows = 0
  /** Stretches ahead that are not said, by where they begin. */
  readonly #skips = new Map<number, number>()
  #ended = false

  constructor(announce: Announcements = ENGLISH_ANNOUNCEMENTS) {
    this.#announce = announce
  }

  /** @returns what is certain now */
  push(text: string): Piece[] {
    this.#rest += text
    return this.#run()
  }

  end(): Piece[] {
    this.#ended = true
    return this.#run()
  }

  #run(): Piece[] {
    const pieces: Piece[] = []
    while (this.#rest !== '') {
      const step = this.#next()
      if (step === UNDECIDED) break
      pieces.push(...step)
      const to = step.at(-1)?.to ?? this.#at
      this.#before = this.#lineStart ? '' : (this.#rest.slice(0, to - this.#at).at(-1) ?? this.#before)
      this.#rest = this.#rest.slice(to - this.#at)
      this.#at = to
    }
    return pieces
  }

  #next(): Piece[] | typeof UNDECIDED {
    if (this.#thinking !== false) {
      const thought = this.#thought()
      if (thought) return thought
    }
    if (this.#fence !== undefined) return this.#code(this.#fence)
    const skipTo = this.#skips.get(this.#at)
    if (skipTo !== undefined) {
      this.#skips.delete(this.#at)
      return [silent(this.#at, skipTo)]
    }
    return this.#lineStart ? this.#line() : this.#inline()
  }

  /** What a model thinks before it answers is not for the ear. Undefined when it does not. */
  #thought(): Piece[] | typeof UNDECIDED | undefined {
    const rest = this.#rest
    if (this.#thinking === undefined) {
      const start = rest.trimStart()
      if (THOUGHT.some(mark => start.startsWith(mark))) this.#thinking = true
      else if (!this.#ended && THOUGHT.some(mark => mark.startsWith(start))) return UNDECIDED
      else {
        this.#thinking = false
        return undefined
      }
    }
    const end = THOUGHT_END.exec(rest)
    if (!end) {
      const certain = this.#ended ? rest.length : rest.length - THOUGHT_TAIL
      return certain > 0 ? [silent(this.#at, this.#at + certain)] : UNDECIDED
    }
    this.#thinking = false
    return [silent(this.#at, this.#at + end.index + end[0].length)]
  }

  #code(fence: string): Piece[] | typeof UNDECIDED {
    const end = this.#rest.indexOf('\n')
    if (end < 0 && !this.#ended) return UNDECIDED
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end + 1)
    if (closesFence(line, fence)) this.#fence = undefined
    return [silent(this.#at, this.#at + line.length)]
  }

  #line(): Piece[] | typeof UNDECIDED {
    const block = blockStep(this.#rest, this.#ended)
    if (block === UNDECIDED) return UNDECIDED
    const at = this.#at
    if (block.kind !== 'row') this.#rows = 0
    if (block.kind === 'text') {
      this.#lineStart = false
      this.#before = ''
      return this.#inline()
    }
    const to = at + block.length
    switch (block.kind) {
      case 'gap':
      case 'rule':
        this.#marked = false
        this.#own = false
        return [{ text: GAP, from: at, to }]
      case 'fence':
        this.#fence = block.fence
        return [{ text: `${GAP}${this.#announce.code}${GAP}`, from: at, to }]
      case 'row':
        return [this.#row(at, to)]
      case 'mark': {
        // Marks may follow each other, "> - item": a gap stands before the first alone.
        const gap: Piece[] = block.own && !this.#marked ? [{ text: GAP, from: at, to: at }] : []
        if (block.own) this.#own = true
        this.#marked ||= block.own
        if (block.said) {
          this.#lineStart = false
          return [...gap, same(this.#rest, at, at, to)]
        }
        return [...gap, silent(at, to)]
      }
    }
  }

  #row(at: number, to: number): Piece {
    const cells = cellsOf(this.#rest.slice(0, to - at))
    if (!cells) return silent(at, to)
    this.#rows += 1
    if (this.#rows > TABLE_ROWS) {
      const first = this.#rows === TABLE_ROWS + 1
      return first ? { text: `${GAP}${this.#announce.table}${GAP}`, from: at, to } : silent(at, to)
    }
    const said = cells.map(spoken).filter(cell => cell !== '')
    return { text: said.length > 0 ? `${GAP}${said.join(', ')}${GAP}` : GAP, from: at, to }
  }

  #inline(): Piece[] | typeof UNDECIDED {
    const at = this.#at
    if (this.#rest.startsWith('\n')) {
      const own = this.#own
      this.#lineStart = true
      this.#own = false
      this.#marked = false
      return [{ text: own ? GAP : '\n', from: at, to: at + 1 }]
    }
    const step = inlineStep(this.#rest, this.#before, this.#ended)
    if (step === UNDECIDED) return UNDECIDED
    if (step.skip) this.#skips.set(at + step.skip.from, at + step.skip.to)
    return [{ text: step.text, from: at, to: at + step.length }]
  }
}

/** One line of Markdown as it is said. */
function spoken(text: string): string {
  const reader = new Speakable()
  return [...reader.push(text.replaceAll('\\|', '|')), ...reader.end()]
    .map(piece => piece.text)
    .join('')
    .trim()
}
