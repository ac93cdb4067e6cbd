import { SeamError } from '#protocol/errors.ts'
import type { Voice, VoiceBlend } from '#protocol/speech.ts'
import { nearest } from './nearest.ts'

/**
 * `af_heart`, or a mix `af_heart:0.7,bf_emma:0.3`; a weight left out is 1. Weights are scaled to sum to 1.
 * @throws SeamError bad-input, not-found with the nearest name
 */
export function parseVoice(text: string, voices: readonly Voice[]): VoiceBlend {
  const parts = text.split(',').map(part => {
    const [id = '', weight, ...rest] = part.trim().split(':')
    const value = weight === undefined ? 1 : weight.trim() === '' ? Number.NaN : Number(weight)
    if (rest.length > 0 || !(value > 0 && Number.isFinite(value))) {
      throw new SeamError(
        'bad-input',
        `“${part.trim()}” is no voice with a weight: write for example af_heart:0.7,bf_emma:0.3.`,
      )
    }
    if (!voices.some(voice => voice.id === id)) throw unknownVoice(id, voices)
    return { id, weight: value }
  })
  const ids = new Set(parts.map(({ id }) => id))
  if (ids.size < parts.length) throw new SeamError('bad-input', `A voice stands twice in “${text}”.`)
  const sum = parts.reduce((total, { weight }) => total + weight, 0)
  return parts.map(({ id, weight }) => ({ id, weight: weight / sum }))
}

function unknownVoice(id: string, voices: readonly Voice[]): SeamError {
  const meant =
    nearest(
      id,
      voices.map(voice => voice.id),
    ) ?? voices.find(({ name }) => name.toLowerCase() === id.toLowerCase())?.id
  const hint = meant ? `Did you mean “${meant}”?` : `There are ${voices.map(voice => voice.id).join(', ')}.`
  return new SeamError('not-found', `There is no voice “${id.slice(0, 64)}”. ${hint}`, {
    details: { voice: id.slice(0, 64) },
  })
}

export function voiceName(blend: VoiceBlend): string {
  if (blend.length === 1) return blend[0]!.id
  return blend.map(({ id, weight }) => `${id}:${Number(weight.toFixed(3))}`).join(',')
}
