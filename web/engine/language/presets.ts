import type { LanguagePreset } from '#protocol/language.ts'
import type { Dialect } from './dialect.ts'
import { ollamaDialect } from './ollama.ts'
import { openAiDialect } from './openai.ts'

/** What is known of a server before anything was asked. */
export interface Preset {
  readonly name: string
  /** Where it usually is; empty for any. */
  readonly base: string
  /** `needed`: nobody is let in without one. `possible`: where its owner set one. */
  readonly key: 'needed' | 'possible'
  /** Runs on the user's own machine, as a rule. */
  readonly isLocal: boolean
}

export const PRESETS: Readonly<Record<LanguagePreset, Preset>> = {
  openai: { name: 'OpenAI', base: 'https://api.openai.com/v1', key: 'needed', isLocal: false },
  redpill: { name: 'RedPill', base: 'https://api.redpill.ai/v1', key: 'needed', isLocal: false },
  ollama: { name: 'Ollama', base: 'http://localhost:11434', key: 'possible', isLocal: true },
  'lm-studio': { name: 'LM Studio', base: 'http://localhost:1234/v1', key: 'possible', isLocal: true },
  'llama-cpp': { name: 'llama.cpp', base: 'http://localhost:8080/v1', key: 'possible', isLocal: true },
  vllm: { name: 'vLLM', base: 'http://localhost:8000/v1', key: 'possible', isLocal: true },
  other: { name: '', base: '', key: 'possible', isLocal: false },
}

export function dialectOf(preset: LanguagePreset): Dialect {
  if (preset === 'ollama') return ollamaDialect
  return openAiDialect(preset === 'openai' ? 'max_completion_tokens' : 'max_tokens')
}
