import type { LanguageModel } from '#protocol/language.ts'
import { SeamError } from '#protocol/errors.ts'
import { requireDialogue } from './messages.ts'

export const ECHO_ID = 'echo'

/** Says what was said to it, word by word: a check from the microphone to the speaker that needs no model and no net. */
export const echo: LanguageModel = {
  info: { id: ECHO_ID, name: 'Repeat after me', kind: 'echo' },
  health: async () => ({ state: 'ready', models: [] }),
  async *reply(messages, { signal } = {}) {
    requireDialogue(messages)
    const said = messages.findLast(({ role, text }) => role === 'user' && text.trim() !== '')
    if (!said) throw new SeamError('bad-input', 'Nothing was said yet that could be repeated.')
    for (const piece of said.text.trim().match(/\S+\s*/g) ?? []) {
      if (signal?.aborted) throw new SeamError('cancelled', 'The reply was stopped.')
      yield piece
    }
  },
}
