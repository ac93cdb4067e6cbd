/** A stretch of the source, and what is said in its place. */
export interface Piece {
  /** Empty for what is not said. */
  readonly text: string
  /** UTF-16 offsets in the whole source. */
  readonly from: number
  readonly to: number
}

/** What is said where a reply holds something that cannot be read out. Full sentences, in the language of the voice. */
export interface Announcements {
  /** In the place of a block of code. */
  readonly code: string
  /** After the rows of a long table that are read. */
  readonly table: string
}

export const ENGLISH_ANNOUNCEMENTS: Announcements = {
  code: 'There is some code here; you can read it in the text.',
  table: 'The table goes on in the text.',
}

/** Ends a sentence, whatever mark it ends with: headings, items and rows have none. */
export const GAP = '\n\n'

/** More is needed to tell what this is. */
export const UNDECIDED = 'undecided'
export type Undecided = typeof UNDECIDED

export const same = (source: string, offset: number, from: number, to: number): Piece => ({
  text: source.slice(from - offset, to - offset),
  from,
  to,
})
export const silent = (from: number, to: number): Piece => ({ text: '', from, to })
