import type { Turn } from '#protocol/dialogue.ts'

/** A conversation to read. What was not heard stands in brackets, because it was not said to anybody. */
export function transcriptOf(
  turns: readonly Turn[],
  names: { readonly user: string; readonly persona: string },
): string {
  const lines = turns.flatMap(({ user, reply }) => [
    ...(user?.text ? [`${names.user}: ${user.text}`] : []),
    ...(reply?.text
      ? [`${names.persona}: ${reply.heard}${reply.unheard.trim() ? `[${reply.unheard.trim()}]` : ''}`]
      : []),
  ])
  return lines.length > 0 ? `${lines.join('\n\n')}\n` : ''
}
