import { SeamError } from '#protocol/errors.ts'

/** The bytes of each token, by its number; none for those that are never shown. */
export type Vocabulary = readonly (Uint8Array | undefined)[]

/** Begin, end and unknown. */
const CONTROLS = 3
/** Room that the makers left for tokens of later models. */
const RESERVED = /^<<ST_\d+>>$/
/** SentencePiece writes a space so. */
const SPACE = '▁'

/** Reads `tokenizer.bin` of the packaged model, or `tokenizer.json` of the hub's. @throws SeamError engine */
export function readVocabulary(file: Uint8Array): Vocabulary {
  try {
    const tokens = file[0] === 0x7b ? readJson(file) : readLengths(file)
    if (tokens.length <= CONTROLS) throw new RangeError('It holds no tokens.')
    return tokens.map((bytes, id) =>
      id < CONTROLS || !bytes || RESERVED.test(new TextDecoder().decode(bytes)) ? undefined : bytes,
    )
  } catch (cause) {
    throw new SeamError('engine', 'The recogniser’s list of words can’t be read. Verify the model.', { cause })
  }
}

/** For each token its length (one byte, or two: second × 128 + first − 128), then that many bytes of UTF-8. */
function readLengths(file: Uint8Array): Uint8Array[] {
  const tokens: Uint8Array[] = []
  for (let at = 0; at < file.length;) {
    let length = file[at++]!
    if (length >= 128) length = file[at++]! * 128 + length - 128
    if (!(at + length <= file.length)) throw new RangeError('It ends in the middle of a token.')
    tokens.push(file.subarray(at, at + length))
    at += length
  }
  return tokens
}

/** Byte-pair encoding with byte fallback, where byte 10 is written `<0x0A>`. */
function readJson(file: Uint8Array): (Uint8Array | undefined)[] {
  const { model } = JSON.parse(new TextDecoder().decode(file)) as { model: { vocab: Record<string, number> } }
  const tokens: (Uint8Array | undefined)[] = []
  const encoder = new TextEncoder()
  for (const [token, id] of Object.entries(model.vocab)) {
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1]
    tokens[id] = byte === undefined ? encoder.encode(token) : Uint8Array.of(Number.parseInt(byte, 16))
  }
  return Array.from(tokens)
}

/** What tokens say, and where each ends in it. */
export interface Spelling {
  readonly text: string
  /** For each token the UTF-16 offset in `text` where it ends; it begins where the one before it ends. */
  readonly ends: readonly number[]
}

/** Blanks are one each, and none stands at either end. */
export function spell(tokens: readonly number[], vocabulary: Vocabulary): Spelling {
  // One letter may be spread over several tokens.
  const decoder = new TextDecoder()
  let text = ''
  const ends: number[] = []
  for (const token of tokens) {
    const bytes = vocabulary[token]
    if (bytes) {
      const piece = decoder
        .decode(bytes, { stream: true })
        .replaceAll(SPACE, ' ')
        .replace(/[\s\p{Cc}]+/gu, ' ')
      text += text === '' || text.endsWith(' ') ? piece.trimStart() : piece
    }
    ends.push(text.length)
  }
  const trimmed = text.trimEnd()
  return { text: trimmed, ends: ends.map(end => Math.min(end, trimmed.length)) }
}
