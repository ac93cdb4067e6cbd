import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import type { Bytes } from './card/bytes.ts'
import { archiveOf, pictureFor } from './card/charx.ts'
import { plainPicture } from './card/picture.ts'
import { cardIntoPng } from './card/png-card.ts'
import type { Crc32 } from './card/png.ts'
import { writeCard } from './card/write.ts'

/** The card as text: everything but pictures and other files. */
export function personaToJson(persona: Persona): string {
  return `${JSON.stringify(writeCard(persona), null, 2)}\n`
}

/** The card in its picture, or in a plain one that is made for it. Other files of an archive have no place in it. */
export function personaToPng(persona: Persona, files: PersonaFiles, crc32: Crc32): Bytes {
  const card = writeCard(persona)
  return cardIntoPng(card, pictureFor(card, files) ?? plainPicture(persona.name, crc32), crc32)
}

/** The files of a `.charx` archive, by path: card, picture, and whatever the card came with. */
export function personaToArchive(persona: Persona, files: PersonaFiles): Map<string, Bytes> {
  return archiveOf(writeCard(persona), files)
}
