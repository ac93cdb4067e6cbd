import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import { writeJsonFile } from '../install/json-file.ts'
import { fileError, isMissing } from '../models/files.ts'

/** The file that makes a folder a persona: it is written last and removed first. */
export const RECORD = 'persona.json'

const name = z.string().regex(/^[\w-]+(\.json)?$/)

const recordSchema = z.object({
  format: z.literal(1),
  revision: z.int().min(1),
  updatedAt: z.iso.datetime(),
  /** Of an included persona: it is not to be seen. */
  removed: z.literal(true).optional(),
  /** Without its card. Of an included persona: not there when it is as it came. */
  persona: z.looseObject({ id: z.string(), name: z.string() }).optional(),
  /** Files of the folder: the card, the picture, and what else came with it by the path that it had. */
  card: name.optional(),
  picture: name.optional(),
  assets: z.record(z.string(), name).optional(),
})

/** What the folder of a persona says of it. */
export interface PersonaRecord {
  readonly revision: number
  readonly updatedAt: string
  readonly removed?: true | undefined
  readonly persona?: Persona | undefined
  readonly card?: string | undefined
  readonly picture?: string | undefined
  readonly assets?: Readonly<Record<string, string>> | undefined
}

/** Undefined when the folder holds no persona. @throws SeamError integrity, refused */
export async function readRecord(folder: string): Promise<PersonaRecord | undefined> {
  const data = await readKeptJson(join(folder, RECORD))
  if (data === undefined) return undefined
  const read = recordSchema.safeParse(data)
  if (!read.success) throw damaged(join(folder, RECORD))
  const { persona, ...rest } = read.data
  return { ...rest, ...(persona && { persona: persona as unknown as Persona }) }
}

/** The old record or the new one is there at any moment. @throws SeamError quota, refused */
export function writeRecord(folder: string, record: PersonaRecord): void {
  writeJsonFile(join(folder, RECORD), { format: 1, ...record })
}

/** What a file of JSON holds, however long; undefined when there is none. @throws SeamError integrity, refused */
export async function readKeptJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, path, 'read')
  }
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw damaged(path, cause)
  }
}

export function damaged(path: string, cause?: unknown): SeamError {
  return new SeamError(
    'integrity',
    `${path} is damaged. The other personas are not touched by that; put a copy of the file back, or remove the persona.`,
    { cause, retryable: false },
  )
}
