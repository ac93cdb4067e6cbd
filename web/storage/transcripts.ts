import { openDocuments, type DocumentParts } from './documents.ts'
import { joinParts, openingOf, splitParts } from './documents-parts.ts'
import { removable } from './documents-removal.ts'
import { openFolders, sizeOf } from './folders.ts'
import { TRANSCRIPTS } from './kept-names.ts'
import { missingParts } from './revisions.ts'
import { soundIn } from './transcripts-sound.ts'
import type { Transcript, TranscriptParagraph, TranscriptSummary } from './transcripts-types.ts'
import type { TranscriptStore } from './types.ts'

/** A transcript without its paragraphs, each of which is a block. */
interface TranscriptHead extends Omit<Transcript, 'paragraphs'> {
  readonly blocks: readonly string[]
}

/** A transcript store that can be let go of. */
export interface OpenTranscriptStore extends TranscriptStore {
  close(): void
}

const NOUN = 'transcript'

/**
 * Transcripts in IndexedDB, written as `openDocuments` says, and their sound in files.
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openTranscriptStore({ name = TRANSCRIPTS } = {}): Promise<OpenTranscriptStore> {
  const documents = await openDocuments<TranscriptHead, TranscriptSummary>({
    name,
    noun: NOUN,
    blocksOf: ({ blocks }) => new Set(blocks),
  })
  const folders = await openFolders(name)

  return {
    durable: folders.durable,
    list: () => documents.rows(),

    async open(id) {
      const { head, blocks } = await documents.read(id)
      const { blocks: names, ...rest } = head
      const paragraphs = joinParts<TranscriptParagraph>(names, blocks)
      if (!paragraphs) throw missingParts(NOUN, head.title, 'transcribe the sound again')
      return { ...rest, paragraphs }
    },

    async create(transcript) {
      await documents.create(await partsOf(transcript))
      return transcript
    },

    async save(transcript, expectedRevision) {
      const next = { ...transcript, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await documents.save(await partsOf(next), expectedRevision)
      return next
    },

    note: (id, figures) => documents.change(id, row => ({ ...row, ...figures })),
    ...removable(documents, folders),
    watch: listener => documents.watch(listener),
    ...soundIn(folders),
    size: () => sizeOf(folders),
    close: () => documents.close(),
  }
}

async function partsOf(transcript: Transcript): Promise<DocumentParts<TranscriptHead, TranscriptSummary>> {
  const { paragraphs, ...rest } = transcript
  const { names, block } = await splitParts(paragraphs)
  // Through JSON like the blocks, so that what isn't data (proxies, undefined) never reaches the structured clone.
  const head = JSON.parse(JSON.stringify({ ...rest, blocks: names })) as TranscriptHead
  return { head, block, row: before => summarise(transcript, before) }
}

function summarise(transcript: Transcript, before: TranscriptSummary | undefined): TranscriptSummary {
  const { id, title, createdAt, updatedAt, revision, source, duration, state, reached, paragraphs } = transcript
  const opening = openingOf(paragraphs.map(({ text }) => text))
  return {
    id,
    title,
    createdAt,
    updatedAt,
    revision,
    source,
    ...(duration === undefined ? {} : { duration }),
    state,
    reached,
    ...(opening === undefined ? {} : { opening }),
    ...(before?.openedAt === undefined ? {} : { openedAt: before.openedAt }),
    ...(before?.removedAt === undefined ? {} : { removedAt: before.removedAt }),
    words: paragraphs.reduce((sum, { words }) => sum + words.length, 0),
  }
}
