import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FastifyRequest } from 'fastify'
import { SeamError } from '#protocol/errors.ts'
import { errorCode, fileError } from '../../core/models/files.ts'

/** Bytes of one file, as OpenAI has it. */
export const MOST_UPLOAD = 25 * 1024 * 1024
/** Bytes of a field besides the file, and how many there may be. */
const MOST_FIELD = 64 * 1024
const MOST_FIELDS = 64

/** What the parser of forms is told. A file that is larger is cut there, and refused. */
export const UPLOAD_LIMITS = {
  fileSize: MOST_UPLOAD,
  files: 1,
  fields: MOST_FIELDS,
  fieldSize: MOST_FIELD,
  parts: MOST_FIELDS + 1,
}

/** A form with its file on the disk. */
export interface Upload {
  readonly path: string
  /** A name that ends with `[]`, or comes several times, has a list. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>
}

/** Gives a form to `use`, and takes its file away after that. @throws SeamError bad-input, quota; what `use` throws */
export async function withUpload<Result>(
  request: FastifyRequest,
  use: (upload: Upload) => Promise<Result>,
): Promise<Result> {
  if (!request.isMultipart()) {
    throw new SeamError('bad-input', 'The body must be multipart/form-data, with the sound as “file”.')
  }
  // For this account alone.
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-upload-'))
  try {
    return await use(await receive(request, join(folder, 'sound')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function receive(request: FastifyRequest, path: string): Promise<Upload> {
  try {
    return await readForm(request, path)
  } catch (error) {
    // What the parser of forms refuses has a status; what it trips over has none.
    if (error instanceof SeamError || (error as { statusCode?: number }).statusCode !== undefined) throw error
    throw new SeamError('bad-input', 'The form is damaged, or was cut off. Nothing of it was kept.', { cause: error })
  }
}

async function readForm(request: FastifyRequest, path: string): Promise<Upload> {
  const fields: Record<string, string | string[]> = {}
  let hasFile = false
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      if (part.fieldname !== 'file') {
        throw new SeamError('bad-input', `The sound must come as “file”, not as “${part.fieldname.slice(0, 64)}”.`, {
          details: { param: 'file' },
        })
      }
      await pipeline(part.file, createWriteStream(path, { mode: 0o600 })).catch((error: unknown) => {
        throw errorCode(error) === undefined ? error : fileError(error, 'the upload', 'keep')
      })
      if (part.file.truncated) throw tooLarge()
      hasFile = true
    } else addField(fields, part.fieldname, String(part.value))
  }
  if (!hasFile) {
    throw new SeamError('bad-input', 'The form has no “file”: the sound to transcribe.', { details: { param: 'file' } })
  }
  return { path, fields }
}

function addField(fields: Record<string, string | string[]>, name: string, value: string): void {
  const key = name.replace(/\[\]$/, '')
  const known = Object.hasOwn(fields, key) ? fields[key]! : undefined
  if (known === undefined) fields[key] = key === name ? value : [value]
  else fields[key] = [known, value].flat()
}

/** Has a status of its own, which the failures that are known to all have not. */
export class UploadTooLarge extends SeamError {}

const tooLarge = () =>
  new UploadTooLarge(
    'bad-input',
    `The file is larger than ${MOST_UPLOAD} bytes. Send it as mp3 or opus, in parts, or use: voxloom transcribe FILE`,
    { details: { param: 'file' } },
  )
