import { openingOf } from './documents-parts.ts'
import { openRecorded } from './documents-recorded.ts'
import { TRANSCRIPTS } from './kept-names.ts'
import { soundIn } from './transcripts-sound.ts'
import type { Transcript, TranscriptSummary } from './transcripts-types.ts'
import type { TranscriptStore } from './types.ts'

/** A transcript store that can be let go of. */
export interface OpenTranscriptStore extends TranscriptStore {
  close(): void
}

/** As `openRecorded`. @throws SeamError unsupported, conflict */
export async function openTranscriptStore({ name = TRANSCRIPTS } = {}): Promise<OpenTranscriptStore> {
  const { folders, ...documents } = await openRecorded<Transcript, 'paragraphs', TranscriptSummary>({
    name,
    noun: 'transcript',
    parts: 'paragraphs',
    remedy: 'transcribe the sound again',
    summarise,
  })
  return { ...documents, ...soundIn(folders) }
}

function summarise(
  rest: Omit<Transcript, 'paragraphs'>,
  paragraphs: Transcript['paragraphs'],
  before: TranscriptSummary | undefined,
): TranscriptSummary {
  const { lang: _lang, listen: _listen, speakers: _speakers, ...row } = rest
  const opening = openingOf(paragraphs.map(({ text }) => text))
  return {
    ...row,
    ...(opening === undefined ? {} : { opening }),
    ...(before?.openedAt === undefined ? {} : { openedAt: before.openedAt }),
    ...(before?.removedAt === undefined ? {} : { removedAt: before.removedAt }),
    words: paragraphs.reduce((sum, { words }) => sum + words.length, 0),
  }
}
