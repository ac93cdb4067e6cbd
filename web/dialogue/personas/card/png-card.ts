import { SeamError } from '#protocol/errors.ts'
import { fromBase64, toBase64, type Bytes } from './bytes.ts'
import type { Fields } from './fields.ts'
import { decodeJson, parseCardJson } from './parse.ts'
import { keywordOf, readChunks, textChunk, textOf, writeChunks, type Crc32, type PngChunk } from './png.ts'
import { toVersion2 } from './write.ts'

/** The text chunks that hold a card, the better one first. */
const KEYWORDS = ['ccv3', 'chara'] as const

/**
 * The card in a picture, and the picture without it. Where there are two cards, version 3 wins; where that one can't be
 * read, the other is taken.
 * @throws SeamError bad-input when there is none, integrity when the picture is damaged
 */
export function cardInPng(png: Uint8Array, crc32: Crc32): { card: unknown; picture: Bytes } {
  const chunks = readChunks(png, crc32)
  let failure: unknown
  for (const keyword of KEYWORDS) {
    const chunk = chunks.find(each => keywordOf(each) === keyword)
    if (!chunk) continue
    try {
      const card = parseCardJson(decodeJson(fromBase64(textOf(chunk))))
      return { card, picture: writeChunks(withoutCard(chunks), crc32) }
    } catch (error) {
      failure ??= error
    }
  }
  throw failure ?? new SeamError('bad-input', 'This picture holds no character card. Nothing was imported.')
}

/** The picture with the card in it, for programs of either version. Whatever else the picture holds stays as it is. */
export function cardIntoPng(card: Fields, picture: Uint8Array, crc32: Crc32): Bytes {
  const others = withoutCard(readChunks(picture, crc32))
  const end = others.at(-1)!
  return writeChunks([...others.slice(0, -1), chunkOf('chara', toVersion2(card)), chunkOf('ccv3', card), end], crc32)
}

const withoutCard = (chunks: readonly PngChunk[]): PngChunk[] =>
  chunks.filter(chunk => !(KEYWORDS as readonly (string | undefined)[]).includes(keywordOf(chunk)))

function chunkOf(keyword: string, card: Fields): PngChunk {
  return textChunk(keyword, toBase64(new TextEncoder().encode(JSON.stringify(card))))
}
