import type { VoiceBlend } from '#protocol/speech.ts'
import { SeamError } from '#protocol/errors.ts'
import { MAX_TOKENS } from './meta.ts'

/** float32 [510, 256]: a row for each input length; columns 0…127 timbre, 128…255 prosody. */
export type StyleTable = Float32Array<ArrayBuffer>

export const STYLE_WIDTH = 256
const TABLE_BYTES = MAX_TOKENS * STYLE_WIDTH * Float32Array.BYTES_PER_ELEMENT

/** @param bytes a voice file: little-endian float32, 522,240 bytes. @throws SeamError integrity */
export function parseStyleTable(bytes: Uint8Array, voice: string): StyleTable {
  if (bytes.byteLength !== TABLE_BYTES) {
    throw new SeamError(
      'integrity',
      `The voice "${voice}" has ${bytes.byteLength} bytes instead of ${TABLE_BYTES}. Fetch it again.`,
    )
  }
  return new Float32Array(new Uint8Array(bytes).buffer)
}

/**
 * The style of an input of `tokens` symbols: row `tokens − 1`, as the reference implementation takes it (kokoro-js takes
 * the row after).
 * @returns float32 [1, 256]
 */
export function styleRow(
  tables: readonly { table: StyleTable; weight: number }[],
  tokens: number,
): Float32Array<ArrayBuffer> {
  const row = Math.min(Math.max(tokens - 1, 0), MAX_TOKENS - 1) * STYLE_WIDTH
  const total = tables.reduce((sum, { weight }) => sum + weight, 0)
  const style = new Float32Array(STYLE_WIDTH)
  for (const { table, weight } of tables) {
    for (let i = 0; i < STYLE_WIDTH; i++) style[i] = style[i]! + (table[row + i]! * weight) / total
  }
  return style
}

/** @throws SeamError bad-input, not-found naming the voice */
export function checkBlend(blend: VoiceBlend, known: ReadonlySet<string>): void {
  if (blend.length === 0) throw new SeamError('bad-input', 'No voice was chosen. Choose one, e.g. af_heart.')
  for (const { id, weight } of blend) {
    if (!known.has(id)) {
      throw new SeamError('not-found', `There is no voice "${id}". Voices: ${[...known].sort().join(', ')}.`, {
        details: { voice: id },
      })
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new SeamError('bad-input', `The weight of voice "${id}" is ${weight}; it must be a number above 0.`)
    }
  }
}
