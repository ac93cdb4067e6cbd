import { soundsIn } from './conversations-sound.ts'
import type { Conversation, ConversationSummary, KeptTurn } from './conversations-types.ts'
import { openDocuments, type DocumentParts } from './documents.ts'
import { joinParts, openingOf, splitParts } from './documents-parts.ts'
import { removable } from './documents-removal.ts'
import { openFolders } from './folders.ts'
import { CONVERSATIONS } from './kept-names.ts'
import { missingParts } from './revisions.ts'
import type { ConversationStore } from './types.ts'

/** A conversation without its turns, each of which is a block: keeping one more costs that one. */
interface ConversationHead extends Omit<Conversation, 'turns'> {
  readonly blocks: readonly string[]
}

/** A conversation store that can be let go of. */
export interface OpenConversationStore extends ConversationStore {
  close(): void
}

const NOUN = 'conversation'

/**
 * Conversations in IndexedDB, written as `openDocuments` says, and their sound in files.
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openConversationStore({ name = CONVERSATIONS } = {}): Promise<OpenConversationStore> {
  const documents = await openDocuments<ConversationHead, ConversationSummary>({
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
      const turns = joinParts<KeptTurn>(names, blocks)
      if (!turns) throw missingParts(NOUN, head.title, 'begin a new one')
      return { ...rest, turns }
    },

    async create(conversation) {
      await documents.create(await partsOf(conversation))
      return conversation
    },

    async save(conversation, expectedRevision) {
      const next = { ...conversation, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await documents.save(await partsOf(next), expectedRevision)
      return next
    },

    note: (id, figures) => documents.change(id, row => ({ ...row, ...figures })),
    ...removable(documents, folders),
    watch: listener => documents.watch(listener),
    ...soundsIn(folders),
    close: () => documents.close(),
  }
}

async function partsOf(conversation: Conversation): Promise<DocumentParts<ConversationHead, ConversationSummary>> {
  const { turns, ...rest } = conversation
  const { names, block } = await splitParts(turns)
  // Through JSON like the blocks, so that what isn't data (proxies, undefined) never reaches the structured clone.
  const head = JSON.parse(JSON.stringify({ ...rest, blocks: names })) as ConversationHead
  return { head, block, row: before => summarise(head, turns, before) }
}

/** Whoever goes on with a conversation that was removed meanwhile brings it back. */
function summarise(
  { blocks: _, ...head }: ConversationHead,
  turns: readonly KeptTurn[],
  before: ConversationSummary | undefined,
): ConversationSummary {
  const opening = openingOf(turns.map(({ user, reply }) => user?.text ?? reply?.heard ?? ''))
  return {
    ...head,
    ...(opening === undefined ? {} : { opening }),
    ...(before?.openedAt === undefined ? {} : { openedAt: before.openedAt }),
    turns: turns.length,
    seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}
