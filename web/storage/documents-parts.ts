import { sha256 } from './hash.ts'

// Documents whose parts lie in a row, a block for each: paragraphs of a transcript, turns of a conversation.

/** Parts are never changed in place: each is hashed once. */
const hashes = new WeakMap<object, Promise<string>>()
const encoder = new TextEncoder()

function hashOf(part: object): Promise<string> {
  let hash = hashes.get(part)
  if (!hash) hashes.set(part, (hash = sha256(encoder.encode(JSON.stringify(part)))))
  return hash
}

/** Names the parts by their hashes. @returns their names in order, and the JSON of each */
export async function splitParts(parts: readonly object[]) {
  const names = await Promise.all(parts.map(hashOf))
  const places = new Map(names.map((name, at) => [name, at]))
  return { names, block: (name: string): string => JSON.stringify(parts[places.get(name)!]) }
}

/** @returns undefined when one is missing */
export function joinParts<Part>(
  names: readonly string[],
  blocks: ReadonlyMap<string, string>,
): readonly Part[] | undefined {
  const parts: Part[] = []
  for (const name of names) {
    const json = blocks.get(name)
    if (json === undefined) return undefined
    parts.push(JSON.parse(json) as Part)
  }
  return parts
}

const OPENING_CHARACTERS = 80

/** The first words of the first text that has any, to know a document by while it has no title. */
export function openingOf(texts: Iterable<string>): string | undefined {
  for (const text of texts) {
    const words = text.trim()
    // By characters, not by halves of them.
    if (words !== '') return [...words.slice(0, 2 * OPENING_CHARACTERS)].slice(0, OPENING_CHARACTERS).join('')
  }
  return undefined
}
