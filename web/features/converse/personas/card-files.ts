import { SeamError } from '#protocol/errors.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import type { Bytes } from '#dialogue/personas/card/bytes.ts'
import { CHARX_CARD } from '#dialogue/personas/card/charx.ts'
import { personaToArchive, personaToJson, personaToPng } from '#dialogue/personas/export.ts'
import { checkCardSize, importPersonas, type CardTools, type ImportedPersona } from '#dialogue/personas/import.ts'
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES, MAX_CARD_FILE, MAX_CARD_JSON } from '#dialogue/personas/limits.ts'
import { crc32 } from '../../../storage/hash.ts'
import { readZip } from '../../../storage/zip-read.ts'
import { zipWriter } from '../../../storage/zip-write.ts'

export type CardFormat = 'json' | 'png' | 'charx'

const TOOLS: CardTools = { crc32: bytes => crc32(bytes), unzip }

/** What the file dialog offers. */
export const CARD_FILES = '.json,.png,.charx,.yaml,.yml'

/** @throws SeamError bad-input, integrity */
export async function readCardFile(file: Blob): Promise<readonly ImportedPersona[]> {
  checkCardSize(file.size)
  return importPersonas(new Uint8Array(await file.arrayBuffer()), TOOLS)
}

/** Checked by the reader of archives: names that lead elsewhere, bombs, links, damage. */
async function unzip(bytes: Bytes): Promise<Map<string, Bytes>> {
  const entries = await readZip(new Blob([bytes]), name => (name === CHARX_CARD ? MAX_CARD_JSON : MAX_CARD_FILE))
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (entries.length > MAX_ARCHIVE_FILES || total > MAX_ARCHIVE_BYTES) {
    throw new SeamError(
      'bad-input',
      `The archive holds ${entries.length} files of ${total} bytes together; at most ${MAX_ARCHIVE_FILES} files and ` +
        `${MAX_ARCHIVE_BYTES} bytes are taken. Nothing was imported; take pictures out of it.`,
      { details: { bytes: total, limit: MAX_ARCHIVE_BYTES } },
    )
  }
  const files = new Map<string, Bytes>()
  for (const entry of entries) if (!entry.name.endsWith('/')) files.set(entry.name, await entry.read())
  return files
}

export async function writeCardFile(persona: Persona, files: PersonaFiles, format: CardFormat): Promise<Blob> {
  switch (format) {
    case 'json':
      return new Blob([personaToJson(persona)], { type: 'application/json' })
    case 'png':
      return new Blob([personaToPng(persona, files, TOOLS.crc32)], { type: 'image/png' })
    case 'charx':
      return zipped(personaToArchive(persona, files))
  }
}

async function zipped(files: ReadonlyMap<string, Bytes>): Promise<Blob> {
  const parts: Bytes[] = []
  const zip = zipWriter(async bytes => void parts.push(bytes))
  for (const [name, bytes] of files) await zip.add(name, bytes)
  await zip.finish()
  return new Blob(parts, { type: 'application/zip' })
}
