import type { Caption } from '#protocol/transcribe.ts'
import { heard } from '#text/captions/timeline.ts'
import { captionText } from '#text/captions/write.ts'

/** Files that a transcript is written as. */
export const TRANSCRIPT_FILES = ['txt', 'srt', 'vtt', 'json'] as const
export type TranscriptFile = (typeof TRANSCRIPT_FILES)[number]

/** A transcript as text, piece by piece as it is heard. */
export function transcriptText(format: TranscriptFile, captions: AsyncIterable<Caption>): AsyncIterable<string> {
  return captionText(format, heard(captions))
}
