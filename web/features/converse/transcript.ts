import type { KeptTurn } from '../../storage/conversations-types.ts'

/** A conversation to read. What was not heard stands in brackets, because it was not said to anybody. */
export function transcriptOf(turns: readonly KeptTurn[], names: { readonly user: string }): string {
  const lines = turns.flatMap(({ name, user, reply }) => [
    ...(user?.text ? [`${names.user}: ${user.text}`] : []),
    ...(reply?.text ? [`${name}: ${reply.heard}${reply.unheard.trim() ? `[${reply.unheard.trim()}]` : ''}`] : []),
  ])
  return lines.length > 0 ? `${lines.join('\n\n')}\n` : ''
}
