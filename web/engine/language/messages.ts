import { SeamError } from '#protocol/errors.ts'
import type { Message } from '#protocol/language.ts'

/** @throws SeamError bad-input, when there is nothing to answer */
export function requireDialogue(messages: readonly Message[]): void {
  if (messages.some(({ role, text }) => role !== 'system' && text.trim() !== '')) return
  throw new SeamError('bad-input', 'There is nothing to answer yet: the dialogue has no words in it.')
}
