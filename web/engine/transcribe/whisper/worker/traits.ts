import type { Head } from '../../moonshine/graph/attention.ts'
import type { WhisperTokens } from '../model.ts'

/** `generation_config.json`, as far as it is needed. */
interface GenerationConfig {
  readonly decoder_start_token_id: number
  readonly eos_token_id: number | readonly number[]
  readonly no_timestamps_token_id: number
  readonly lang_to_id?: Readonly<Record<string, number>> | null
  readonly task_to_id?: Readonly<Record<string, number>> | null
  readonly suppress_tokens?: readonly number[] | null
  readonly begin_suppress_tokens?: readonly number[] | null
  readonly alignment_heads?: readonly (readonly [number, number])[] | null
}

export function readTokens(config: unknown): WhisperTokens {
  const known = config as GenerationConfig
  const { eos_token_id: end, lang_to_id: languages } = known
  return {
    begin: known.decoder_start_token_id,
    end: typeof end === 'number' ? end : end[0]!,
    noTimes: known.no_timestamps_token_id,
    // `<|de|>` → `de`
    languages: new Map(Object.entries(languages ?? {}).map(([name, token]) => [name.slice(2, -2), token])),
    transcribe: known.task_to_id?.['transcribe'],
    suppressed: known.suppress_tokens ?? [],
    suppressedFirst: known.begin_suppress_tokens ?? [],
  }
}

/** The heads that look at the sound of the token that they write, where the decoder shows them. */
export function headsOf(config: unknown, outputs: readonly string[]): readonly Head[] {
  const heads = (config as GenerationConfig).alignment_heads ?? []
  return heads.map(([layer, head]) => ({ layer, head })).filter(({ layer }) => outputs.includes(attentionOf(layer)))
}

/** Where the decoder keeps what a layer attends to: float32 [1, heads, tokens, frames]. */
export const attentionOf = (layer: number) => `cross_attentions.${layer}`
