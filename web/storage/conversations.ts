import { soundsIn } from './conversations-sound.ts'
import type { Conversation, ConversationSummary } from './conversations-types.ts'
import { openingOf } from './documents-parts.ts'
import { openRecorded } from './documents-recorded.ts'
import { CONVERSATIONS } from './kept-names.ts'
import type { ConversationStore } from './types.ts'

/** A conversation store that can be let go of. */
export interface OpenConversationStore extends ConversationStore {
  close(): void
}

/** As `openRecorded`. @throws SeamError unsupported, conflict */
export async function openConversationStore({ name = CONVERSATIONS } = {}): Promise<OpenConversationStore> {
  const { folders, ...documents } = await openRecorded<Conversation, 'turns', ConversationSummary>({
    name,
    noun: 'conversation',
    parts: 'turns',
    remedy: 'begin a new one',
    summarise,
  })
  return { ...documents, ...soundsIn(folders) }
}

/** Whoever goes on with a conversation that was removed meanwhile brings it back. */
function summarise(
  rest: Omit<Conversation, 'turns'>,
  turns: Conversation['turns'],
  before: ConversationSummary | undefined,
): ConversationSummary {
  const opening = openingOf(turns.map(({ user, reply }) => user?.text ?? reply?.heard ?? ''))
  return {
    ...rest,
    ...(opening === undefined ? {} : { opening }),
    ...(before?.openedAt === undefined ? {} : { openedAt: before.openedAt }),
    turns: turns.length,
    seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}
