import { SeamError } from '#protocol/errors.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import type { Bytes } from './card/bytes.ts'
import { cardInArchive } from './card/charx.ts'
import { decodeJson, parseCardJson } from './card/parse.ts'
import { isPng, type Crc32 } from './card/png.ts'
import { cardInPng } from './card/png-card.ts'
import { readCard } from './card/read.ts'
import { MAX_CARD_FILE } from './limits.ts'

/** What page and Node each have of their own. */
export interface CardTools {
  readonly crc32: Crc32
  /** Every file of a zip archive, checked. @throws SeamError bad-input, integrity */
  unzip(bytes: Bytes): Promise<ReadonlyMap<string, Bytes>>
}

export interface ImportedPersona {
  readonly persona: Persona
  readonly files: PersonaFiles
  /** Sentences about what could not be used. */
  readonly problems: readonly string[]
}

const NO_FILES: PersonaFiles = { assets: {} }
const ZIP_MARK = [0x50, 0x4b, 0x03, 0x04]

/** @throws SeamError bad-input. Ask before reading a file into memory. */
export function checkCardSize(bytes: number): void {
  if (bytes <= MAX_CARD_FILE) return
  throw new SeamError(
    'bad-input',
    `The file has ${bytes} bytes; at most ${MAX_CARD_FILE} are read. Nothing was imported; take large pictures out of it.`,
    { details: { bytes, limit: MAX_CARD_FILE } },
  )
}

/**
 * The personas in a file, whatever it is: a character card as JSON, PNG or `.charx`, or YAML with one or several of them.
 * @throws SeamError bad-input, integrity
 */
export async function importPersonas(bytes: Bytes, tools: CardTools): Promise<readonly ImportedPersona[]> {
  checkCardSize(bytes.length)
  if (isPng(bytes)) {
    const { card, picture } = cardInPng(bytes, tools.crc32)
    return [{ ...readCard(card), files: { picture, assets: {} } }]
  }
  if (ZIP_MARK.every((byte, at) => bytes[at] === byte)) {
    const { card, files } = cardInArchive(await tools.unzip(bytes))
    return [{ ...readCard(card), files }]
  }
  const text = decodeJson(bytes)
  if (/^\s*[[{]/.test(text)) return [{ ...readCard(parseCardJson(text)), files: NO_FILES }]
  // Seldom needed, and not small.
  const { readYaml } = await import('./yaml.ts')
  return readYaml(text).map(persona => ({ persona, files: NO_FILES, problems: [] }))
}
