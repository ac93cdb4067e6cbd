import type { StreamSource } from '#protocol/lines.ts'

// The Prompt API (webmachinelearning/prompt-api) as Chrome has it: a global `LanguageModel`, which runs on the machine.

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface PromptSession {
  promptStreaming(input: readonly PromptMessage[], options: { signal: AbortSignal }): StreamSource<string>
  destroy(): void
}

interface DownloadMonitor {
  addEventListener(type: 'downloadprogress', listener: (event: { readonly loaded: number }) => void): void
}

/** What it is asked for: Chrome wants the languages named, and may lack some. */
export interface Expected {
  readonly expectedInputs: readonly { readonly type: 'text'; readonly languages: readonly string[] }[]
  readonly expectedOutputs: readonly { readonly type: 'text'; readonly languages: readonly string[] }[]
}

interface CreateOptions extends Expected {
  readonly initialPrompts?: readonly PromptMessage[]
  readonly temperature?: number
  readonly topK?: number
  readonly signal?: AbortSignal
  readonly monitor?: (monitor: DownloadMonitor) => void
}

/** The part of the browser's global `LanguageModel` that is used. */
export interface PromptApi {
  availability(options: Expected): Promise<'unavailable' | 'downloadable' | 'downloading' | 'available'>
  create(options: CreateOptions): Promise<PromptSession>
  /** Only where pages may choose a temperature. */
  params?(): Promise<{ readonly defaultTopK: number; readonly maxTemperature: number } | null>
}
