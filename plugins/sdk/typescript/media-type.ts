import { PluginError } from './errors.ts'

/** A settled media type. docs/plugin-protocol.md, 6. */
export interface MediaType {
  /** Lower case: `audio/pcm`. */
  readonly name: string
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

export type PcmFormat = 's16le' | 'f32le'

/** What samples are like. */
export interface PcmType {
  /** Hz. */
  readonly rate: number
  readonly channels: number
  readonly format: PcmFormat
}

const NAME = /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+$/

/** @throws PluginError BAD_TYPE */
export function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';').map(part => part.trim())
  if (!NAME.test(name)) throw new PluginError('BAD_TYPE', `“${text.slice(0, 80)}” is no media type such as text/plain.`)
  const parameters: Record<string, string> = {}
  for (const part of rest) {
    const at = part.indexOf('=')
    if (at < 1 || at === part.length - 1) {
      throw new PluginError(
        'BAD_TYPE',
        `“${part.slice(0, 80)}” in “${text.slice(0, 80)}” is no parameter such as rate=24000.`,
      )
    }
    parameters[part.slice(0, at).toLowerCase()] = part.slice(at + 1)
  }
  return { name: name.toLowerCase(), parameters }
}

/** Rate, channels and format of `audio/pcm`. @throws PluginError BAD_TYPE */
export function pcmType({ name, parameters }: MediaType): PcmType {
  const { rate = '', channels = '', format = 's16le' } = parameters
  if (name !== 'audio/pcm' || !isCount(rate) || !isCount(channels) || (format !== 's16le' && format !== 'f32le')) {
    const given = Object.entries(parameters).map(([key, value]) => `;${key}=${value}`)
    throw new PluginError(
      'BAD_TYPE',
      `“${name}${given.join('')}” is not the sound that this plugin knows: audio/pcm with rate, channels and a format of s16le or f32le.`,
    )
  }
  return { rate: Number(rate), channels: Number(channels), format }
}

const isCount = (text: string) => /^[1-9]\d{0,6}$/.test(text)
