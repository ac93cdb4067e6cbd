import { SeamError } from '#protocol/errors.ts'
import type { Project } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'
import type { CaptionFormat } from '#text/captions/write.ts'
import { parseMarks } from '#text/marks/parse.ts'
import type { AudioFormat, ExportMetadata, ExportSegment } from '../../export/types.ts'
import type { PcmStore } from '../../storage/types.ts'
import { chapterName } from './chapters.ts'
import { bytesInto, type ExportTarget } from './export-target.ts'
import { standInKey } from './script-hash.ts'
import type { Script } from './script.ts'

export const AUDIO_FORMATS: readonly AudioFormat[] = ['mp3', 'm4a', 'm4b', 'opus', 'wav']
export const CAPTION_FORMATS: readonly CaptionFormat[] = ['srt', 'vtt', 'json']

/** What can be made of a project. `archive` is the project itself. */
export type ExportFormat = AudioFormat | CaptionFormat | 'archive'

export const isAudio = (format: ExportFormat): format is AudioFormat =>
  (AUDIO_FORMATS as readonly string[]).includes(format)

/** The largest cover picture, bytes: players refuse larger ones. */
export const MAX_COVER_BYTES = 5_000_000

/** @returns undefined when the picture can't be used */
export async function readCover(file: File): Promise<NonNullable<ExportMetadata['cover']> | undefined> {
  if (file.size > MAX_COVER_BYTES || file.size < 12) return undefined
  const bytes = new Uint8Array(await file.arrayBuffer())
  // By its first bytes: a file's name and declared type say what somebody hoped.
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { mime: 'image/jpeg', bytes }
  if ([0x89, 0x50, 0x4e, 0x47].every((byte, at) => bytes[at] === byte)) return { mime: 'image/png', bytes }
  return undefined
}

/**
 * Reads a script's sound from the store, a sentence at a time; what another voice said, where its own never came.
 * @throws SeamError not-found for one that is missing
 */
export async function* segmentsOf(
  project: Project,
  script: Script,
  pcm: PcmStore,
  t: (key: string, values: Record<string, unknown>) => string,
  signal?: AbortSignal,
): AsyncGenerator<ExportSegment> {
  let chapter = -1
  for (const sentence of script.sentences) {
    signal?.throwIfAborted()
    const sound = (await pcm.get(sentence.key)) ?? (await pcm.get(standInKey(sentence.key)))
    if (!sound) {
      throw new SeamError('not-found', 'Some of the sound is no longer in storage. Export again: it is then made anew.')
    }
    const title = project.chapters[sentence.chapter]
    const opens = sentence.chapter !== chapter && title ? chapterName(title, sentence.chapter, t) : undefined
    chapter = sentence.chapter
    yield {
      ...sound,
      // Marks are no text for readers; blanked, so that the words' offsets still hold.
      text: parseMarks(sentence.segment.text).plain,
      pauseAfter: sentence.segment.pauseAfter,
      ...(opens === undefined ? {} : { chapter: opens }),
    }
  }
}

/** Shares one progress bar between two halves of a job. */
export function partOf(run: Required<Run>, from: number, to: number, what: string): Required<Run> {
  return {
    signal: run.signal,
    onProgress: ({ done, total }) => {
      if (total) run.onProgress({ done: from + (done / total) * (to - from), total: 1, what })
    },
  }
}

/** Writes texts to a file as UTF-8, one after the other. @returns bytes */
export async function writeText(pieces: AsyncIterable<string>, target: ExportTarget): Promise<number> {
  const writer = bytesInto(target).getWriter()
  const encoder = new TextEncoder()
  let bytes = 0
  try {
    for await (const piece of pieces) {
      const data = encoder.encode(piece)
      bytes += data.length
      await writer.write(data)
    }
    await writer.close()
    return bytes
  } catch (error) {
    await writer.abort(error).catch(() => undefined)
    throw error
  }
}
