import { fromErrorData, SeamError } from '#protocol/errors.ts'
import {
  providerModelInfo,
  type LanguageModel,
  type LanguageModelHealth,
  type LanguageProvider,
  type LanguageProviderDraft,
  type ReplyLine,
} from '#protocol/language.ts'
import { readLines, readStream } from '#protocol/lines.ts'
import type { Run } from '#protocol/run.ts'
import { ask, askJson, isErrorData, type Line } from './request.ts'

/** Servers of language models that the companion asks for the page. Keys go in, and never come out. */
export interface LanguageService {
  providers(signal?: AbortSignal): Promise<readonly LanguageProvider[]>
  /** Keeps a server, in place of the one of this id. @throws SeamError bad-input, refused, conflict, offline */
  save(id: string, draft: LanguageProviderDraft): Promise<LanguageProvider>
  remove(id: string): Promise<void>
  /** Brings back what was removed within the last ten minutes, with its key. @throws SeamError not-found, conflict */
  restore(id: string): Promise<LanguageProvider>
  health(id: string, signal?: AbortSignal): Promise<LanguageModelHealth>
  /** A model of a provider, its own when none is named. */
  open(provider: LanguageProvider, model?: string): LanguageModel
}

/** The companion's `/language/…`, typed. */
export function createLanguageService(line: Line): LanguageService {
  const to = (id: string, ...more: readonly string[]) =>
    `/language/providers/${[id, ...more].map(encodeURIComponent).join('/')}`
  const withSignal = (signal?: AbortSignal): RequestInit => (signal ? { signal } : {})
  const json = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  const health = (id: string, signal?: AbortSignal) =>
    askJson<LanguageModelHealth>(line, to(id, 'health'), withSignal(signal))

  /** @throws SeamError, after pieces too */
  async function* reply(id: string, body: object, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    const response = await ask(line, to(id, 'chat'), { ...json('POST', body), ...withSignal(signal) })
    // A static host answers any address with its page.
    if (!response.body || !response.headers.get('content-type')?.includes('ndjson')) throw cutOff()
    try {
      for await (const said of readLines(readStream<Uint8Array>(response.body))) {
        // What came at once may be read long after the listener left.
        signal?.throwIfAborted()
        const told = read(said)
        if ('error' in told) throw fromErrorData(told.error)
        if ('done' in told) return
        if (told.text !== '') yield told.text
      }
    } catch (error) {
      if (signal?.aborted) throw new SeamError('cancelled', 'The reply was stopped.', { cause: error })
      throw error instanceof SeamError ? error : cutOff(error)
    }
    throw cutOff()
  }

  return {
    providers: signal => askJson<LanguageProvider[]>(line, '/language/providers', withSignal(signal)),
    save: (id, draft) => askJson(line, to(id), json('PUT', draft)),
    remove: async id => void (await ask(line, to(id), { method: 'DELETE' })),
    restore: id => askJson(line, to(id, 'restore'), { method: 'POST' }),
    health,
    open(provider, model = provider.model) {
      const { id } = provider
      return {
        info: providerModelInfo(provider, model),
        health: (run: Run = {}) => health(id, run.signal).catch(down),
        reply: (messages, { signal, temperature, maxTokens } = {}) =>
          reply(
            id,
            {
              messages,
              ...(model === '' ? {} : { model }),
              ...(temperature === undefined ? {} : { temperature }),
              ...(maxTokens === undefined ? {} : { maxTokens }),
            },
            signal,
          ),
      }
    },
  }
}

/** @throws SeamError offline, when the line is cut short */
function read(line: string): ReplyLine {
  let said: unknown
  try {
    said = JSON.parse(line)
  } catch (error) {
    throw cutOff(error)
  }
  const { text, done, error } = (said ?? {}) as Partial<Record<'text' | 'done' | 'error', unknown>>
  if (isErrorData(error))
    return { error: { ...error, retryable: error.retryable === true, details: error.details ?? {} } }
  return done === true ? { done } : { text: typeof text === 'string' ? text : '' }
}

const cutOff = (cause?: unknown) =>
  new SeamError('offline', 'The connection to the companion broke off in the middle of the reply. What came is kept.', {
    ...(cause === undefined ? {} : { cause }),
  })

const down = (error: unknown): LanguageModelHealth => ({
  state: error instanceof SeamError && error.code === 'refused' ? 'refused' : 'down',
  why: error instanceof Error ? error.message : 'The companion does not answer.',
})
