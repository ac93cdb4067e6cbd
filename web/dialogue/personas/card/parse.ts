import { SeamError } from '#protocol/errors.ts'
import { MAX_CARD_DEPTH, MAX_CARD_JSON } from '../limits.ts'

/** Text of a JSON file: UTF-8, with or without a byte order mark, or UTF-16. @throws SeamError bad-input */
export function decodeJson(bytes: Uint8Array): string {
  if (bytes.length > MAX_CARD_JSON) {
    throw new SeamError(
      'bad-input',
      `The card’s text has ${bytes.length} bytes; at most ${MAX_CARD_JSON} are read. Nothing was imported; take out ` +
        'pictures that are written into the text, or export the card again as a .charx file.',
      { details: { bytes: bytes.length, limit: MAX_CARD_JSON } },
    )
  }
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SeamError(
      'bad-input',
      'The file is neither a PNG picture, nor a zip archive, nor text in UTF-8 or UTF-16. Nothing was imported; if it is ' +
        'text, save it again as UTF-8.',
      { cause },
    )
  }
}

/** JSON begins with an ASCII character, so that UTF-16 without a mark shows by its zero byte. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (second === 0) return 'utf-16le'
  return first === 0 ? 'utf-16be' : 'utf-8'
}

/** @throws SeamError bad-input when it isn't JSON, or nests deeper than MAX_CARD_DEPTH */
export function parseCardJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    // A RangeError is a parser that ran out of stack.
    if (cause instanceof RangeError) throw tooDeep()
    throw new SeamError(
      'bad-input',
      'The card is not valid JSON. Nothing was imported; get the file again, or export it once more where it was made.',
      { cause },
    )
  }
  if (depthOf(value) > MAX_CARD_DEPTH) throw tooDeep()
  return value
}

/** Level by level, without recursion: the depth is a stranger's choice. */
function depthOf(value: unknown): number {
  const isContainer = (item: unknown): item is object => typeof item === 'object' && item !== null
  let level = [value].filter(isContainer)
  let depth = 0
  while (level.length > 0 && depth <= MAX_CARD_DEPTH) {
    depth++
    level = level.flatMap(item => (Object.values(item) as unknown[]).filter(isContainer))
  }
  return depth
}

function tooDeep(): SeamError {
  return new SeamError(
    'bad-input',
    `The card nests deeper than ${MAX_CARD_DEPTH} levels, which no character does. Nothing was imported.`,
  )
}
