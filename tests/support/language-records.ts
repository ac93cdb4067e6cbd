import type { Scene } from './language-scene.ts'

/** A record as it is sent, or what happens in its place. */
type Step = string | 'cut' | 'hang'

const BROKEN = '{"choices":[{"delta":{"conte'
const ERROR = 'The model ran out of memory.'

/** What comes between the tokens of a scene, in order. */
function* steps(
  scene: Scene,
  tokens: readonly string[],
  of: { token: (text: string) => string; error: string; broken: string },
): Generator<Step> {
  for (const [at, token] of [...tokens, undefined].entries()) {
    if (scene.malformedAfter === at) {
      for (let count = 0; count < (scene.malformed ?? 1); count++) yield of.broken
    }
    if (scene.errorAfter === at) {
      yield of.error
      return yield 'stop'
    }
    if (scene.cutAfter === at) return yield 'cut'
    if (scene.hangAfter === at) return yield 'hang'
    if (token !== undefined) yield of.token(token)
  }
}

const chunk = (choice: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'script',
  choices: [{ index: 0, ...choice }],
})

/** Server-sent events: a role, the tokens, a reason, figures, `[DONE]`. */
export function* openAiRecords(scene: Scene, tokens: readonly string[]): Generator<Step> {
  const { lineEnd = '\n', comments = false, reason = 'stop' } = scene
  const event = (data: string) =>
    `${comments ? `: keep-alive${lineEnd}${lineEnd}` : ''}data: ${data}${lineEnd}${lineEnd}`
  const delta = (fields: object) => event(JSON.stringify(chunk({ delta: fields, finish_reason: null })))
  yield delta({ role: 'assistant', content: '' })
  for (const thought of scene.thoughts ?? []) yield delta({ reasoning_content: thought })
  for (const step of steps(scene, tokens, {
    token: content => delta({ content }),
    error: event(JSON.stringify({ error: { message: ERROR, type: 'server_error', code: 500 } })),
    broken: event(BROKEN),
  })) {
    if (step === 'stop') return
    yield step
    if (step === 'cut' || step === 'hang') return
  }
  if (scene.ends === 'abruptly') return
  yield event(JSON.stringify(chunk({ delta: {}, finish_reason: reason })))
  yield event(JSON.stringify({ ...chunk({}), choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } }))
  if (scene.ends === undefined) yield event('[DONE]')
}

/** A JSON object a line, the last with `done`. */
export function* ollamaRecords(scene: Scene, tokens: readonly string[]): Generator<Step> {
  const { lineEnd = '\n', reason = 'stop' } = scene
  const record = (fields: object) =>
    `${JSON.stringify({ model: 'script', created_at: '2026-01-01T00:00:00Z', ...fields })}${lineEnd}`
  const message = (fields: object) => record({ message: { role: 'assistant', content: '', ...fields }, done: false })
  for (const thinking of scene.thoughts ?? []) yield message({ thinking })
  for (const step of steps(scene, tokens, {
    token: content => message({ content }),
    error: `${JSON.stringify({ error: ERROR })}${lineEnd}`,
    broken: `${BROKEN}${lineEnd}`,
  })) {
    if (step === 'stop') return
    yield step
    if (step === 'cut' || step === 'hang') return
  }
  if (scene.ends !== undefined) return
  yield record({ message: { role: 'assistant', content: '' }, done: true, done_reason: reason, eval_count: 3 })
}

export function wholeOpenAi({ thoughts, reason = 'stop' }: Scene, tokens: readonly string[]): object {
  const message = {
    role: 'assistant',
    content: tokens.join(''),
    ...(thoughts && { reasoning_content: thoughts.join('') }),
  }
  return { id: 'chatcmpl-1', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: reason }] }
}

export function wholeOllama({ thoughts, reason = 'stop' }: Scene, tokens: readonly string[]): object {
  const message = { role: 'assistant', content: tokens.join(''), ...(thoughts && { thinking: thoughts.join('') }) }
  return { model: 'script', message, done: true, done_reason: reason }
}
