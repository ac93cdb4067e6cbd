import { exposeInOnnx } from './expose-onnx.ts'
import { exposeInBranches } from './expose.ts'

/** One head of the decoder's cross-attention. */
export interface Head {
  readonly layer: number
  readonly head: number
}

/**
 * The heads that look at the sound of the token that they write. Chosen by how near the words' times come to those of
 * synthesised speech; in another network other heads may do it.
 */
export const ALIGNING: readonly Head[] = [
  { layer: 3, head: 7 },
  { layer: 4, head: 7 },
  { layer: 5, head: 6 },
  { layer: 5, head: 7 },
]

/** What shows the inside of each decoder of that network, by the SHA-256 of its file. */
const EXPOSE: ReadonlyMap<string, typeof exposeInOnnx> = new Map([
  ['cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0', exposeInBranches],
  ['eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367', exposeInOnnx],
  ['4131cef00b62942e9cdef691101f2cc7dbbcd828d71eee8c6c46c28fd051d6cb', exposeInOnnx],
])

/** Where the decoder keeps what a layer attends to: float32 [1, heads, tokens, frames]. */
export const attentionOf = (layer: number) => `/model/decoder/layers.${layer}/encoder_attn/Softmax_output_0`

const OUTPUTS: readonly string[] = [...new Set(ALIGNING.map(({ layer }) => attentionOf(layer)))]

/** Whether a decoder with these outputs tells what ALIGNING attend to. */
export const showsAttention = (outputs: readonly string[]) => OUTPUTS.every(name => outputs.includes(name))

/** The decoder with the attention of ALIGNING as further outputs; undefined when this is a file of another network. */
export async function withAttention(decoder: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return EXPOSE.get(await sha256(decoder))?.(decoder, OUTPUTS)
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
