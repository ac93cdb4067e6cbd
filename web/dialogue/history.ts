import type { Turn } from '#protocol/dialogue.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Message } from '#protocol/language.ts'
import { CONTEXT_TOKENS, REPLY_TOKENS } from './personas/prompt/prompt.ts'
import { estimateTokens, MESSAGE_TOKENS } from './personas/prompt/tokens.ts'

/** Tokens that a prompt may have where nothing else is known of the model. */
export const PROMPT_BUDGET = CONTEXT_TOKENS - REPLY_TOKENS
/** Exchanges that a session remembers; a prompt never holds more. */
export const TURNS_KEPT = 1_000
/** Stands where the listener broke into a reply, so that the model knows that the rest was not heard. */
export const BROKEN_OFF = '…'
// Models that think aloud write it before their answer; it was not said.
const THOUGHTS = /^\s*<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>\s*|$)/

/** What of a turn goes into a prompt. */
type Exchange = Pick<Turn, 'user' | 'reply'>

const costOf = (messages: readonly Message[]): number =>
  messages.reduce((sum, { text }) => sum + estimateTokens(text) + MESSAGE_TOKENS, 0)

/** What the model is told that it answered: what was heard of it. */
function answered({ reply }: Exchange): string {
  if (!reply) return ''
  const heard = reply.heard.replace(THOUGHTS, '').trim()
  if (reply.unheard.trim() === '' || heard === '') return heard
  return `${heard.replace(/[\s.,;:…—–-]+$/u, '')}${BROKEN_OFF}`
}

/** The exchanges as messages. Two of one side in a row become one: models expect to be answered in turns. */
export function messagesOf(turns: readonly Exchange[]): Message[] {
  const messages: Message[] = []
  const add = (role: Message['role'], text: string) => {
    if (text === '') return
    const last = messages.at(-1)
    // What was asked again, because there was no answer, was asked once.
    if (last?.role === role && role === 'user' && `\n${last.text}`.endsWith(`\n${text}`)) return
    if (last?.role === role) messages[messages.length - 1] = { role, text: `${last.text}\n${text}` }
    else messages.push({ role, text })
  }
  for (const turn of turns) {
    add('user', turn.user?.text.trim() ?? '')
    add('assistant', answered(turn))
  }
  return messages
}

/**
 * The prompt for what was said last. Where it would be too long, the oldest exchanges leave first; what `prompt` puts in
 * itself (the persona, its lore) stays. What was said last is cut at its beginning when even that is too long.
 * @throws SeamError bad-input when what `prompt` puts in leaves no room for a single word
 */
export function fitPrompt(
  turns: readonly Exchange[],
  said: string,
  prompt: (history: readonly Message[]) => readonly Message[],
  budget = PROMPT_BUDGET,
): readonly Message[] {
  const spoken: readonly Exchange[] = [...turns, { user: { text: said } }]
  // A history that is longer than the whole budget need not be tried.
  let first = spoken.length - 1
  for (let left = budget; first > 0; first--) {
    left -= costOf(messagesOf(spoken.slice(first - 1, first)))
    if (left < 0) break
  }
  for (; first < spoken.length; first++) {
    const messages = prompt(messagesOf(spoken.slice(first)))
    if (costOf(messages) <= budget) return messages
  }
  return cutToFit(said, prompt, budget)
}

function cutToFit(
  said: string,
  prompt: (history: readonly Message[]) => readonly Message[],
  budget: number,
): readonly Message[] {
  for (let length = said.length >> 1; length > 0; length >>= 1) {
    const messages = prompt([{ role: 'user', text: `${BROKEN_OFF} ${said.slice(-length).trimStart()}` }])
    if (costOf(messages) <= budget) return messages
  }
  throw new SeamError(
    'bad-input',
    `The persona’s own prompt leaves no room for what you say: it may have ${budget} tokens in all. Shorten the prompt, or choose a model that reads more.`,
    { details: { budget } },
  )
}
