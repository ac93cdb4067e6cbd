import { LAYERS } from './meta.ts'

/** Of the encoder: what it heard, float32 [1, frames, width]. */
export const HIDDEN = 'last_hidden_state'

/** The decoder's memory goes in under the one and comes out under the other, float32 [1, heads, length, width]. */
export const PAST = 'past_key_values.'
export const PRESENT = 'present.'

/** What nobody reads between two runs. */
export const KEPT_OUTPUTS: readonly string[] = [
  HIDDEN,
  ...Array.from({ length: LAYERS }, (_, layer) =>
    ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'].map(part => `${PRESENT}${layer}.${part}`),
  ).flat(),
]
