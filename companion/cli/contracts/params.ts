import { readFile } from 'node:fs/promises'
import type { AudioData, JsonSchema, MethodInfo, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { isBytes, wanted } from '../../core/contracts/schema-words.ts'
import { soundForCall } from '../../core/contracts/sound-file.ts'
import { fileError } from '../../core/models/files.ts'
import { nearest } from '../../core/nearest.ts'
import { typeOfFile } from '../file-type.ts'
import type { FurtherOptions } from '../run.ts'
import { readText } from '../text.ts'

type Params = Record<string, WireValue>

/** What a call is made with: JSON first, and options over it. */
export interface CallGiven {
  readonly options: FurtherOptions
  /** Parameters as one object of JSON, or `-` for the input. */
  readonly params: string | undefined
  readonly signal: AbortSignal
}

/** @throws SeamError bad-input, not-found: an option that is no parameter, a value that is not what the parameter takes */
export async function paramsOf(method: MethodInfo, { options, params, signal }: CallGiven): Promise<Params> {
  const given = params === undefined ? {} : parametersFrom(params === '-' ? await readText('-', { signal }) : params)
  for (const [option, text] of options) {
    const [name, schema] = parameter(method, option)
    given[name] = await valueOf(`--${option}`, text, schema, signal)
  }
  return given
}

function parametersFrom(text: string): Params {
  const json = readJson('--params', text, { type: 'object' })
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw new SeamError('bad-input', '--params takes one object of JSON: {"text":"Hello"}.')
  return { ...(json as Params) }
}

/** The parameter that an option names, in one of its two spellings. */
function parameter({ name, params }: MethodInfo, option: string): readonly [string, JsonSchema] {
  const properties = (params['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
  const key = Object.keys(properties).find(each => each === option || each.replaceAll('_', '-') === option)
  if (key !== undefined) return [key, properties[key]!]
  const known = Object.keys(properties).map(each => each.replaceAll('_', '-'))
  // Of a method that nobody described, every name may be right.
  if (known.length === 0 && params['additionalProperties'] !== false && !isDescribed(params)) return [option, {}]
  const meant = nearest(option, known)
  const takes = known.length > 0 ? `It takes ${known.map(each => `--${each}`).join(', ')}.` : 'It takes nothing.'
  throw new SeamError(
    'bad-input',
    `“${name}” has no parameter “${option}”. ${meant ? `Did you mean “--${meant}”?` : takes}`,
  )
}

/** Whether the contract says what a method takes: schemas of contracts name their draft. */
const isDescribed = (params: JsonSchema) => '$schema' in params

async function valueOf(option: string, text: string, schema: JsonSchema, signal: AbortSignal): Promise<WireValue> {
  if (isBytes(schema)) return bytesOf(text, signal)
  switch (schema['type']) {
    case 'string':
      return text === '-' ? readText('-', { signal }) : text
    case 'integer':
    case 'number': {
      const value = Number(text)
      if (text.trim() !== '' && Number.isFinite(value)) return value
      throw new SeamError('bad-input', `${option} is “${text.slice(0, 80)}”, and takes ${wanted(schema)}.`)
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true'
      throw new SeamError('bad-input', `${option} is “${text}”, and takes true or false.`)
    case 'array':
    case 'object':
      return readJson(option, text, schema)
    default:
      return looseValue(text)
  }
}

/** Sound is brought to what plugins hear; any other file goes as it is. */
async function bytesOf(path: string, signal: AbortSignal): Promise<AudioData> {
  const type = path === '-' ? 'audio/wav' : (typeOfFile(path)?.name ?? 'application/octet-stream')
  if (type.startsWith('audio/')) return soundForCall(path === '-' ? { bytes: process.stdin } : { path }, signal)
  try {
    return { mime: type, bytes: new Uint8Array(await readFile(path)) }
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}

function readJson(option: string, text: string, schema: JsonSchema): WireValue {
  try {
    return JSON.parse(text) as WireValue
  } catch {
    throw new SeamError('bad-input', `${option} is “${text.slice(0, 80)}”, and takes JSON: ${wanted(schema)}.`)
  }
}

/** JSON where it is some, else the text itself. */
function looseValue(text: string): WireValue {
  try {
    return JSON.parse(text) as WireValue
  } catch {
    return text
  }
}
