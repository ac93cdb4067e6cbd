import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { zipSync } from 'fflate'
import type { Bytes } from '#dialogue/personas/card/bytes.ts'
import { personaToArchive, personaToJson, personaToPng } from '#dialogue/personas/export.ts'
import type { CardTools } from '#dialogue/personas/import.ts'
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES } from '#dialogue/personas/limits.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import { readZip } from '../install/zip.ts'
import { fileError } from '../models/files.ts'
import { personaToYaml } from './yaml.ts'

export const PERSONA_FORMATS = ['json', 'yaml', 'png', 'charx'] as const
export type PersonaFormat = (typeof PERSONA_FORMATS)[number]

/** Media types of the files that personas come in. */
export const PERSONA_TYPES: Readonly<Record<PersonaFormat, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  png: 'image/png',
  charx: 'application/zip',
}

/** When files in an archive say that they were made: the first day that a zip can name. */
const NO_DATE = '1980-01-01T00:00:00'

/** @throws SeamError bad-input, when the format can't hold it */
export function writePersona(persona: Persona, files: PersonaFiles, format: PersonaFormat): Uint8Array {
  switch (format) {
    case 'json':
      return Buffer.from(personaToJson(persona))
    case 'yaml':
      return Buffer.from(personaToYaml(persona))
    case 'png':
      return personaToPng(persona, files, bytes => crc32(bytes))
    case 'charx':
      // Not packed: pictures are already, and what they lie beside is small.
      return zipSync(Object.fromEntries(personaToArchive(persona, files)), { level: 0, mtime: NO_DATE })
  }
}

/** @param most what an archive may hold */
export const cardTools = (most: ArchiveLimits = { files: MAX_ARCHIVE_FILES, bytes: MAX_ARCHIVE_BYTES }): CardTools => ({
  crc32: bytes => crc32(bytes),
  unzip: bytes => unzip(bytes, most),
})

interface ArchiveLimits {
  readonly files: number
  /** Of all of them, unpacked. */
  readonly bytes: number
}

/** By way of a file of its own: the reader that judges archives of strangers reads files. */
async function unzip(bytes: Bytes, most: ArchiveLimits): Promise<ReadonlyMap<string, Bytes>> {
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-card-'))
  const path = join(folder, 'card.charx')
  try {
    await writeFile(path, bytes, { mode: 0o600 }).catch((error: unknown) => {
      throw fileError(error, path, 'write')
    })
    const file = await open(path)
    try {
      return await filesOf(file, bytes.length, most)
    } finally {
      await file.close()
    }
  } catch (error) {
    const { code, message, retryable, details } = toSeamError(error)
    const said = message.replace('Nothing was installed', 'Nothing was imported')
    throw new SeamError(code, said, { cause: error, retryable, details })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function filesOf(file: FileHandle, size: number, most: ArchiveLimits): Promise<ReadonlyMap<string, Bytes>> {
  const files = new Map<string, Bytes>()
  let total = 0
  for await (const { path, kind, content } of readZip(file, size)) {
    if (kind !== 'file') continue
    if (files.size >= most.files) throw tooMuch(`holds more than ${most.files} files`)
    const pieces: Uint8Array[] = []
    for await (const piece of content()) {
      total += piece.length
      if (total > most.bytes) throw tooMuch(`unpacks to more than ${most.bytes} bytes`)
      pieces.push(piece)
    }
    files.set(path, new Uint8Array(Buffer.concat(pieces)))
  }
  return files
}

function tooMuch(why: string): SeamError {
  return new SeamError('bad-input', `The archive ${why}. Nothing was imported; take pictures out of it.`)
}
