import { exposeInBranches } from './expose.ts'

/** One head of the decoder's cross-attention. */
export interface Head {
  readonly layer: number
  readonly head: number
}

/**
 * The heads that look at the sound of the token that they write, in the file with this SHA-256. Chosen by how near the
 * words' times come to those of synthesised speech; in another file other heads may do it.
 */
export const ALIGNING: { readonly sha256: string; readonly heads: readonly Head[] } = {
  sha256: 'cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0',
  heads: [
    { layer: 3, head: 7 },
    { layer: 4, head: 7 },
    { layer: 5, head: 6 },
    { layer: 5, head: 7 },
  ],
}

/** Where the decoder keeps what a layer attends to: float32 [1, heads, tokens, frames]. */
export const attentionOf = (layer: number) => `/model/decoder/layers.${layer}/encoder_attn/Softmax_output_0`

/** The decoder with the attention of ALIGNING as further outputs; undefined when this is not the file. */
export async function withAttention(decoder: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if ((await sha256(decoder)) !== ALIGNING.sha256) return undefined
  const layers = new Set(ALIGNING.heads.map(({ layer }) => layer))
  return exposeInBranches(decoder, [...layers].map(attentionOf))
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
