/** A media type as plugins name them (docs/plugin-protocol.md, 6): `audio/*` and open parameters make it a pattern. */
export interface MediaType {
  /** Lower case. */
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
}

const TOKEN = String.raw`[a-z0-9!#$&^_.+-]{1,64}`
const TYPE = new RegExp(`^(?:\\*/\\*|${TOKEN}/(?:\\*|${TOKEN}))$`)
const PARAMETER = new RegExp(`^(${TOKEN})=(${TOKEN})$`, 'i')

/** Undefined when `text` is no media type. */
export function parseType(text: string): MediaType | undefined {
  const [first = '', ...rest] = text.split(';').map(part => part.trim())
  const name = first.toLowerCase()
  if (!TYPE.test(name)) return undefined
  const parameters: Record<string, string> = {}
  for (const part of rest) {
    const [, key, value] = PARAMETER.exec(part) ?? []
    if (key === undefined || value === undefined) return undefined
    parameters[key.toLowerCase()] = value
  }
  // Text is UTF-8 whether it says so or not, and samples have 16 bits unless it says otherwise.
  if (name.startsWith('text/') && parameters['charset']?.toLowerCase() === 'utf-8') delete parameters['charset']
  if (name === 'audio/pcm') parameters['format'] ??= 's16le'
  return { name, parameters }
}

export const formatType = ({ name, parameters }: MediaType): string =>
  [name, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join(';')

/** Those of `texts` that are types. */
export const parseTypes = (texts: readonly string[]): MediaType[] => texts.flatMap(text => parseType(text) ?? [])

const isWild = ({ name }: MediaType) => name.endsWith('*')

const covers = (pattern: string, name: string) =>
  pattern === '*/*' || pattern === name || (pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1)))

/** The type that both mean, with the parameters of both; undefined when they don't match. */
export function joinTypes(a: MediaType, b: MediaType): MediaType | undefined {
  if (!covers(a.name, b.name) && !covers(b.name, a.name)) return undefined
  for (const [key, value] of Object.entries(a.parameters)) {
    if (Object.hasOwn(b.parameters, key) && b.parameters[key] !== value) return undefined
  }
  // The narrower of two patterns: `audio/*` says more than `*/*`.
  return { name: isWild(a) && b.name !== '*/*' ? b.name : a.name, parameters: { ...a.parameters, ...b.parameters } }
}

/** The first match of what is written with what is read, in the order of both lists. */
export function firstJoin(written: readonly MediaType[], read: readonly MediaType[]): MediaType | undefined {
  for (const output of written) {
    for (const input of read) {
      const joined = joinTypes(output, input)
      if (joined) return joined
    }
  }
  return undefined
}

/** What a plugin that lists `output` writes when it reads `input`; undefined when the pattern can't be settled. */
export function outputFor(output: MediaType, input: MediaType): MediaType | undefined {
  if (isWild(output)) return joinTypes(output, input)
  if (output.name !== input.name) return output
  return { name: output.name, parameters: { ...input.parameters, ...output.parameters } }
}
