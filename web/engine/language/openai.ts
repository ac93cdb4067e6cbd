import type { Dialect, Piece } from './dialect.ts'
import { readEvents } from './events.ts'
import { fields, list, text } from './words.ts'

/** Content is text, or a list of parts of which some are text. */
function content(value: unknown): string {
  return Array.isArray(value) ? value.map(part => text(fields(part).text)).join('') : text(value)
}

/** What a message says, whole or in part. A refusal is said as well: somebody waits for an answer. */
function said(message: unknown, reason: unknown): Piece {
  const { content: spoken, refusal, reasoning_content, reasoning } = fields(message)
  const words = content(spoken) || text(refusal)
  return {
    text: words,
    ...(words === '' && (text(reasoning_content) || text(reasoning)) !== '' ? { isThought: true } : {}),
    ...(text(reason) === '' ? {} : { end: text(reason) }),
  }
}

/**
 * The chat API of OpenAI, which most servers speak: server-sent events that end with `[DONE]`.
 * @param lengthKey what the longest reply is called: OpenAI's own newer models know only `max_completion_tokens`
 */
export function openAiDialect(lengthKey: 'max_tokens' | 'max_completion_tokens'): Dialect {
  return {
    chatPath: '/chat/completions',
    modelsPath: '/models',
    chat: (model, messages, { temperature, maxTokens }) => ({
      model,
      messages: messages.map(({ role, text }) => ({ role, content: text })),
      stream: true,
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { [lengthKey]: maxTokens }),
    }),
    records: readEvents,
    piece(record, value) {
      if (record.trim() === '[DONE]') return { text: '', isLast: true }
      if (value === undefined) return undefined
      // Figures of use come without a choice.
      const { delta, finish_reason } = fields(list(fields(value).choices)[0])
      return said(delta, finish_reason)
    },
    whole(value) {
      const { choices } = fields(value)
      if (!Array.isArray(choices)) return undefined
      const { message, finish_reason } = fields(choices[0])
      return { ...said(message, finish_reason), isLast: true }
    },
    models(value) {
      const { data } = fields(value)
      return Array.isArray(data) ? data.map(each => text(fields(each).id)).filter(id => id !== '') : undefined
    },
  }
}
