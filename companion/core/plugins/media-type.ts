import { SeamError } from '#protocol/errors.ts'

/** A media type of docs/plugin-protocol.md, 6. As a pattern it may have wildcards and leave parameters open. */
export interface MediaType {
  /** Lower case: `audio/pcm`, `audio/*`, any. */
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
}

const TOKEN = String.raw`[A-Za-z0-9!#$&^_.+-]{1,64}`
const TYPE = new RegExp(`^(?:\\*/\\*|${TOKEN}/(?:\\*|${TOKEN}))$`)
// A name begins with a letter or digit, RFC 6838, 4.2: “__proto__” is none.
const PARAMETER = new RegExp(`^([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63})=(${TOKEN})$`)
const PCM = 'audio/pcm'

/** @throws SeamError bad-input, as a sentence about `text` */
export function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';').map(part => part.trim())
  if (!TYPE.test(name))
    throw new SeamError('bad-input', `“${text.slice(0, 80)}” is not a media type such as text/plain.`)
  const parameters: Record<string, string> = {}
  for (const part of rest) {
    const [, key, value] = PARAMETER.exec(part) ?? []
    if (key === undefined || value === undefined) {
      throw new SeamError(
        'bad-input',
        `“${part.slice(0, 80)}” in “${text.slice(0, 80)}” is not a parameter such as rate=24000.`,
      )
    }
    parameters[key.toLowerCase()] = value
  }
  const lower = name.toLowerCase()
  // Text is UTF-8 whether it says so or not.
  if (lower.startsWith('text/') && parameters['charset']?.toLowerCase() === 'utf-8') delete parameters['charset']
  if (lower === PCM) {
    for (const key of ['rate', 'channels']) {
      if (parameters[key] !== undefined && !/^[1-9][0-9]{0,6}$/.test(parameters[key])) {
        throw new SeamError('bad-input', `“${parameters[key]}” is no ${key} of ${PCM}: a whole number is needed.`)
      }
    }
    parameters['format'] ??= 's16le'
    if (!['s16le', 'f32le'].includes(parameters['format'])) {
      throw new SeamError('bad-input', `“${parameters['format']}” is no format of ${PCM}: s16le and f32le are.`)
    }
  }
  return { name: lower, parameters }
}

/** As a handshake shows it, parameters in one order: `audio/pcm;rate=24000;channels=1;format=s16le`. */
export function formatMediaType({ name, parameters }: MediaType): string {
  const order = ['rate', 'channels', 'format']
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length)
  const keys = Object.keys(parameters).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return [name, ...keys.map(key => `${key}=${parameters[key]}`)].join(';')
}

const isWild = ({ name }: MediaType) => name.endsWith('*')

function nameMatches(a: string, b: string): boolean {
  const covers = (pattern: string, name: string) =>
    pattern === '*/*' || pattern === name || (pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1)))
  return covers(a, b) || covers(b, a)
}

/** The type that both mean, with the parameters of both; undefined when they don't match. */
export function joinTypes(a: MediaType, b: MediaType): MediaType | undefined {
  if (!nameMatches(a.name, b.name)) return undefined
  for (const [key, value] of Object.entries(a.parameters)) {
    if (Object.hasOwn(b.parameters, key) && b.parameters[key] !== value) return undefined
  }
  // The narrower of two patterns: `audio/*` says more than `*/*`.
  return { name: isWild(a) && b.name !== '*/*' ? b.name : a.name, parameters: { ...a.parameters, ...b.parameters } }
}

/** What a plugin that lists `output` writes when it reads `input`; undefined when the pattern can't be settled. */
export function outputFor(output: MediaType, input: MediaType): MediaType | undefined {
  if (isWild(output)) return nameMatches(output.name, input.name) ? joinTypes(output, input) : undefined
  if (output.name !== input.name) return output
  return { name: output.name, parameters: { ...input.parameters, ...output.parameters } }
}

/** Whether nothing is left open that a handshake must say. */
export function isSettled(type: MediaType): boolean {
  if (isWild(type)) return false
  return type.name !== PCM || (type.parameters['rate'] !== undefined && type.parameters['channels'] !== undefined)
}
