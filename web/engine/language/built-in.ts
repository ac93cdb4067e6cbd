import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelHealth, Message, ReplyRun } from '#protocol/language.ts'
import { readStream } from '#protocol/lines.ts'
import type { Run } from '#protocol/run.ts'
import { requireDialogue } from './messages.ts'
import type { Expected, PromptApi, PromptMessage, PromptSession } from './prompt-api.ts'

export const BUILT_IN_ID = 'built-in'

export interface BuiltInModel extends LanguageModel {
  /** Has the browser fetch its model. To be called from a click. Progress counts parts of a thousand. @throws SeamError */
  download(run?: Run): Promise<void>
}

const ABSENT =
  'This browser has no language model of its own. Recent versions of Chrome have one, on computers with 22 GB of free space and a graphics card or 16 GB of memory.'
const NOT_YET = 'The browser has a language model, but has to download it first: some gigabytes, once.'

/** Languages that Chrome's model knows, by their first subtags. */
const KNOWN = ['en', 'de', 'es', 'fr', 'ja']

const expecting = (languages: readonly string[]): Expected => ({
  expectedInputs: [{ type: 'text', languages }],
  expectedOutputs: [{ type: 'text', languages }],
})

/**
 * @param api the global; undefined where the browser has none
 * @param wanted the user's languages, best first, as BCP 47
 */
export function createBuiltIn(api: PromptApi | undefined, wanted: readonly string[] = []): BuiltInModel {
  const asked = [...new Set(wanted.map(tag => tag.toLowerCase().split('-')[0]!))].filter(tag => KNOWN.includes(tag))
  // Older versions know English alone of these.
  const tries = [asked, ['en']].filter(languages => languages.length > 0).map(expecting)

  async function find() {
    for (const expected of tries) {
      const found = (await api?.availability(expected).catch(() => undefined)) ?? 'unavailable'
      if (found !== 'unavailable') return { found, expected }
    }
    return undefined
  }

  async function health(): Promise<LanguageModelHealth> {
    const there = await find()
    switch (there?.found) {
      case 'available':
        return { state: 'ready', models: [] }
      case 'downloadable':
        return { state: 'loading', why: NOT_YET }
      case 'downloading':
        return { state: 'loading', why: 'The browser is downloading its language model.' }
    }
    return { state: 'unsupported', why: ABSENT }
  }

  /** @throws SeamError unsupported */
  async function present(): Promise<{ readonly api: PromptApi; readonly expected: Expected }> {
    const there = await find()
    if (api && there) return { api, expected: there.expected }
    throw new SeamError('unsupported', ABSENT)
  }

  async function* reply(messages: readonly Message[], run: ReplyRun = {}): AsyncGenerator<string, void> {
    requireDialogue(messages)
    const abort = new AbortController()
    const leave = () => abort.abort()
    if (run.signal?.aborted) leave()
    run.signal?.addEventListener('abort', leave, { once: true })
    let session: PromptSession | undefined
    let isEmpty = true
    try {
      const { signal } = abort
      signal.throwIfAborted()
      const found = await health()
      if (found.state !== 'ready') throw unready(found)
      const { api, expected } = await present()
      session = await api.create({ ...expected, ...(await split(api, messages, run)), signal })
      const last = messages.slice(-1).map(prompt)
      for await (const piece of readStream(session.promptStreaming(last, { signal }))) {
        signal.throwIfAborted()
        if (piece === '') continue
        isEmpty = false
        yield piece
      }
    } catch (error) {
      throw run.signal?.aborted ? new SeamError('cancelled', 'The reply was stopped.') : inWords(error)
    } finally {
      run.signal?.removeEventListener('abort', leave)
      leave()
      session?.destroy()
    }
    if (isEmpty)
      throw new SeamError('engine', 'The browser’s model gave an empty reply. Try again.', { retryable: true })
  }

  async function download({ signal, onProgress }: Run = {}): Promise<void> {
    try {
      const { api, expected } = await present()
      const session = await api.create({
        ...expected,
        ...(signal && { signal }),
        monitor: monitor =>
          monitor.addEventListener('downloadprogress', ({ loaded }) =>
            onProgress?.({ done: Math.round(loaded * 1000), total: 1000, what: 'models.downloading' }),
          ),
      })
      session.destroy()
    } catch (error) {
      throw signal?.aborted ? new SeamError('cancelled', 'The download was stopped.') : inWords(error)
    }
  }

  return { info: { id: BUILT_IN_ID, name: 'Built into the browser', kind: 'built-in' }, health, reply, download }
}

const prompt = ({ role, text }: Message): PromptMessage => ({ role, content: text })

/** All but the last message, the system's first: the API takes it in no other place. */
async function split(api: PromptApi, messages: readonly Message[], { temperature }: ReplyRun) {
  const before = messages.slice(0, -1)
  const system = before.filter(({ role }) => role === 'system').map(({ text }) => text)
  const initialPrompts = [
    ...(system.length > 0 ? [{ role: 'system' as const, content: system.join('\n\n') }] : []),
    ...before.filter(({ role }) => role !== 'system').map(prompt),
  ]
  const params = temperature === undefined ? undefined : await api.params?.().catch(() => undefined)
  return {
    initialPrompts,
    // Both or neither; without `params` a page may choose neither.
    ...(params && temperature !== undefined
      ? { temperature: Math.min(temperature, params.maxTemperature), topK: params.defaultTopK }
      : {}),
  }
}

function unready(found: LanguageModelHealth): SeamError {
  if (found.state === 'ready') return new SeamError('internal', 'The model is ready.')
  const isThere = found.state === 'loading'
  return new SeamError(
    isThere ? 'not-found' : 'unsupported',
    isThere ? `${found.why} Do so at Settings, Language models.` : found.why,
  )
}

function inWords(error: unknown): SeamError {
  if (error instanceof SeamError) return error
  const name = error instanceof Error ? error.name : ''
  const options = { cause: error }
  switch (name) {
    case 'NotSupportedError':
      return new SeamError('unsupported', 'The browser’s model does not take this language or request.', options)
    case 'QuotaExceededError':
      return new SeamError('bad-input', 'The dialogue is too long for the browser’s model. Begin a new one.', options)
    case 'NotAllowedError':
      return new SeamError(
        'refused',
        'The browser lets its model be used only after a click, and with permission.',
        options,
      )
    case 'NetworkError':
      return new SeamError('offline', 'The browser could not download its model. Connect and try again.', options)
  }
  return new SeamError('engine', 'The browser’s model failed. Try again.', { ...options, retryable: true })
}
