import { readLines } from '#protocol/lines.ts'
import type { Dialect, Piece } from './dialect.ts'
import { fields, text } from './words.ts'

function read(value: unknown): Piece | undefined {
  if (value === undefined) return undefined
  const { message, done, done_reason } = fields(value)
  const { content, thinking } = fields(message)
  return {
    text: text(content),
    ...(text(content) === '' && text(thinking) !== '' ? { isThought: true } : {}),
    ...(done === true ? { end: text(done_reason) || 'stop', isLast: true } : {}),
  }
}

/** Ollama's own API: a JSON object a line, the last with `done`. It reads the model from the disk when it is asked. */
export const ollamaDialect: Dialect = {
  chatPath: '/api/chat',
  modelsPath: '/api/tags',
  chat: (model, messages, { temperature, maxTokens }) => ({
    model,
    messages: messages.map(({ role, text }) => ({ role, content: text })),
    stream: true,
    options: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    },
  }),
  records: readLines,
  piece: (_, value) => read(value),
  whole: value => (fields(value).message === undefined ? undefined : read(value)),
  models(value) {
    const { models } = fields(value)
    return Array.isArray(models) ? models.map(each => text(fields(each).name)).filter(name => name !== '') : undefined
  },
}
