import type { Json } from '#protocol/contracts.ts'
import type { Field } from './schema.ts'

/** Sound that was chosen or recorded, as a call takes it. */
export interface SoundValue {
  readonly encoding: 'base64'
  readonly mime: string
  readonly data: string
  /** What the file is called, or the recording. */
  readonly label: string
  /** Of the sound. */
  readonly seconds: number
}

/** What stands in a field: letters as they were typed, a switch, sound; undefined while nobody touched it. */
export type FieldValue = string | boolean | SoundValue | undefined
export type Draft = Readonly<Record<string, FieldValue>>

/** Why a field can't be used, and the values of its sentence. */
export interface FieldFault {
  readonly key:
    | 'required'
    | 'number'
    | 'integer'
    | 'min'
    | 'max'
    | 'short'
    | 'long'
    | 'choice'
    | 'json'
    | 'jsonAt'
    | 'array'
    | 'object'
  readonly values?: Readonly<Record<string, string | number>>
}

export interface FormReading {
  readonly params: Readonly<Record<string, Json>>
  readonly faults: ReadonlyMap<string, FieldFault>
}

/**
 * What is sent, and what is wrong. What was left empty is left out: the far side's default holds.
 * @param emptyText what becomes of a text that must be there and stands empty: a call may be made with none, while
 * settings are asked for
 */
export function readDraft(fields: readonly Field[], draft: Draft, emptyText: 'asked' | 'sent' = 'asked'): FormReading {
  const params: Record<string, Json> = {}
  const faults = new Map<string, FieldFault>()
  for (const field of fields) {
    const read =
      emptyText === 'sent' && isEmptyText(field, draft[field.name])
        ? { value: '' }
        : readField(field, draft[field.name])
    if ('fault' in read) faults.set(field.name, read.fault)
    else if (read.value !== undefined) params[field.name] = read.value
  }
  return { params, faults }
}

/** Text that must be there, and may be empty. */
const isEmptyText = ({ kind, required, shortest = 0 }: Field, value: FieldValue) =>
  kind === 'text' && required && shortest === 0 && (value ?? '') === ''

type Read = { readonly value: Json | undefined } | { readonly fault: FieldFault }

/** A secret that was emptied is removed, which is another than one that nobody touched. */
const isLeft = (field: Field, value: FieldValue) => value === undefined || (value === '' && field.kind !== 'secret')

export function readField(field: Field, value: FieldValue): Read {
  if (isLeft(field, value)) {
    if (!field.required) return { value: undefined }
    // A switch that nobody touched is seen to be off.
    return field.kind === 'boolean' ? { value: false } : { fault: { key: 'required' } }
  }
  if (typeof value === 'boolean') return { value }
  if (typeof value === 'object') return { value: { encoding: value.encoding, mime: value.mime, data: value.data } }
  const text = value ?? ''
  switch (field.kind) {
    case 'number':
    case 'integer':
      return readNumber(field, text)
    case 'boolean':
      return { value: text === 'true' }
    case 'choice': {
      const found = field.choices?.find(choice => nameOf(choice) === text)
      return found === undefined
        ? { fault: { key: 'choice', values: { choices: (field.choices ?? []).map(nameOf).join(', ') } } }
        : { value: found }
    }
    case 'json':
      return readJson(field, text)
    case 'any':
      return { value: looseJson(text) }
    default:
      return readText(field, text)
  }
}

/** How a choice is called. */
export const nameOf = (choice: Json): string => (typeof choice === 'string' ? choice : JSON.stringify(choice))

function readNumber({ kind, min, max }: Field, text: string): Read {
  const value = Number(text.trim().replace(',', '.'))
  if (text.trim() === '' || !Number.isFinite(value)) return { fault: { key: 'number' } }
  if (kind === 'integer' && !Number.isInteger(value)) return { fault: { key: 'integer' } }
  if (min !== undefined && value < min) return { fault: { key: 'min', values: { n: min } } }
  if (max !== undefined && value > max) return { fault: { key: 'max', values: { n: max } } }
  return { value }
}

/** Characters are counted as people count them, and JSON Schema does: an emoji is one. */
function readText({ kind, shortest = 0, longest = Infinity }: Field, text: string): Read {
  const length = [...text].length
  if (length < shortest && !(kind === 'secret' && length === 0))
    return { fault: { key: 'short', values: { n: shortest } } }
  if (length > longest) return { fault: { key: 'long', values: { n: longest } } }
  return { value: text }
}

/** Where the browser says that JSON ends to be some: “… (line 2 column 3)”. */
const PLACE = /line (?<line>\d+) column (?<column>\d+)/

function readJson({ shape }: Field, text: string): Read {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    const place = PLACE.exec(error instanceof Error ? error.message : '')?.groups
    return { fault: place ? { key: 'jsonAt', values: { ...place } } : { key: 'json' } }
  }
  if (shape === 'array' && !Array.isArray(value)) return { fault: { key: 'array' } }
  if (shape === 'object' && (value === null || typeof value !== 'object' || Array.isArray(value)))
    return { fault: { key: 'object' } }
  return { value }
}

/** JSON where it is some, else the text itself. */
function looseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** A draft that reads as `values` do: for settings that were kept, and calls that are repeated. */
export function draftOf(fields: readonly Field[], values: Readonly<Record<string, Json>>): Draft {
  const draft: Record<string, FieldValue> = {}
  for (const { name, kind } of fields) {
    const value = values[name]
    if (value === undefined) continue
    if (kind === 'boolean' && typeof value === 'boolean') draft[name] = value
    else if (kind === 'choice') draft[name] = nameOf(value)
    else draft[name] = typeof value === 'string' && kind !== 'json' ? value : JSON.stringify(value, null, 2)
  }
  return draft
}
