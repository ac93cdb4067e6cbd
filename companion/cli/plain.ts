/** Characters of what somebody else wrote that a row or a heading shows. */
export const LONGEST_LABEL = 400

/** What a terminal obeys, or what turns a line round: all but line breaks and tabs. */
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Words of somebody else, a model or who wrote a card, for a terminal: as many lines as they have, and nothing obeyed. */
export function plainLines(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(OBEYED, '')
}

/** The same in one line. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(OBEYED, '').trim()
}

/** The same for a name, or a cell of a table. */
export function plainLabel(text: string): string {
  // Cut first: it may be as long as a book.
  const label = plain(text.slice(0, LONGEST_LABEL + 1))
  return text.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL)}…` : label
}

/** The same data, whatever shows it: JSON leaves control characters beyond ASCII as they are. */
export function plainJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
