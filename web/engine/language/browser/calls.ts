import type { Message, ReplyRun } from '#protocol/language.ts'
import type { BrowserVariant } from './catalogue.ts'

/** The cache of this browser in which such models are kept. */
export const MODEL_CACHE = 'voxloom-language-models'

/** What a worker with a language model answers. */
export interface ChatCalls {
  /** Fetches what is missing. Progress counts bytes. */
  load: { input: LoadInput; output: null }
  /** One at a time; others wait. */
  reply: { input: ReplyInput; item: string }
}

export interface LoadInput {
  /** Origin of the hub, with a slash at its end. */
  readonly hub: string
  readonly repo: string
  readonly revision: string
  readonly dtype: BrowserVariant['dtype']
  readonly device: 'webgpu' | 'wasm'
  readonly threads: number
}

export interface ReplyInput extends Pick<ReplyRun, 'temperature' | 'maxTokens'> {
  readonly messages: readonly Message[]
}
