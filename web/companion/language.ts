import { SeamError } from '#protocol/errors.ts'
import {
  providerModelInfo,
  type LanguageModel,
  type LanguageModelHealth,
  type LanguageProvider,
  type LanguageProviderDraft,
} from '#protocol/language.ts'
import type { Run } from '#protocol/run.ts'
import { readReply } from './reply.ts'
import { ask, askJson, withJson, withSignal, type Line } from './request.ts'

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

  const health = (id: string, signal?: AbortSignal) =>
    askJson<LanguageModelHealth>(line, to(id, 'health'), withSignal(signal))

  return {
    providers: signal => askJson<LanguageProvider[]>(line, '/language/providers', withSignal(signal)),
    save: (id, draft) => askJson(line, to(id), withJson('PUT', draft)),
    remove: async id => void (await ask(line, to(id), { method: 'DELETE' })),
    restore: id => askJson(line, to(id, 'restore'), { method: 'POST' }),
    health,
    open(provider, model = provider.model) {
      const { id } = provider
      return {
        info: providerModelInfo(provider, model),
        health: (run: Run = {}) => health(id, run.signal).catch(down),
        reply: (messages, run) => readReply(line, to(id, 'chat'), messages, { model, ...run }),
      }
    },
  }
}

const down = (error: unknown): LanguageModelHealth => ({
  state: error instanceof SeamError && error.code === 'refused' ? 'refused' : 'down',
  why: error instanceof Error ? error.message : 'The companion does not answer.',
})
