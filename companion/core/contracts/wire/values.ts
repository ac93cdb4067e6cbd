import type { AudioData, Json, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_DEPTH } from './limits.ts'

export function isAudio(value: WireValue): value is AudioData {
  return value !== null && typeof value === 'object' && 'bytes' in value && value['bytes'] instanceof Uint8Array
}

/**
 * A value as JSON. Bytes go into `attachments` where there is such a list, else into the JSON as base64.
 * @throws SeamError bad-input when it is more than a plugin may be sent
 */
export function toWire(value: WireValue, attachments?: Uint8Array[]): Json {
  let attached = 0
  const outward = (one: WireValue, depth: number): Json => {
    if (one === null || typeof one !== 'object') return one
    if (depth > MAX_DEPTH) throw tooMuch(`objects and lists within one another, ${MAX_DEPTH} deep at most`)
    if (Array.isArray(one)) return one.map(item => outward(item as WireValue, depth + 1))
    if (!isAudio(one)) return mapped(one as Readonly<Record<string, WireValue>>, item => outward(item, depth + 1))
    const { mime, bytes } = one
    if (!attachments) return { encoding: 'base64', mime, data: base64(bytes) }
    attached += bytes.length
    if (attached > MAX_ATTACHMENT) throw tooMuch(`bytes, ${MAX_ATTACHMENT} at most`)
    if (attachments.length === MAX_ATTACHMENTS) throw tooMuch(`attachments, ${MAX_ATTACHMENTS} at most`)
    return { encoding: 'attachment', mime, attachment: attachments.push(bytes) - 1 }
  }
  return outward(value, 1)
}

/**
 * JSON as a value, with its bytes taken out of it, or out of `attachments`.
 * @throws SeamError bad-input when something in it is not what it says
 */
export function fromWire(json: Json, attachments: readonly Uint8Array<ArrayBuffer>[] = []): WireValue {
  const taken = new Set<number>()
  const inward = (one: Json, depth: number): WireValue => {
    if (one === null || typeof one !== 'object') return one
    if (depth > MAX_DEPTH) throw tooDeep()
    if (Array.isArray(one)) return one.map(item => inward(item as Json, depth + 1))
    const object = one as Readonly<Record<string, Json>>
    const { encoding, mime } = object
    if (encoding === 'base64' && typeof mime === 'string') return { mime, bytes: fromBase64(object['data']) }
    if (encoding !== 'attachment' || typeof mime !== 'string') return mapped(object, item => inward(item, depth + 1))
    const at = object['attachment']
    const bytes = typeof at === 'number' ? attachments[at] : undefined
    if (typeof at !== 'number' || !bytes) throw bad(`It names the attachment ${word(at)}, which is not there.`)
    // Written as JSON, the same bytes named a thousand times would be more than any memory holds.
    if (taken.has(at)) throw bad(`It names the attachment ${at} twice.`)
    taken.add(at)
    return { mime, bytes }
  }
  return inward(json, 1)
}

/** For what is passed on as it is. @throws SeamError bad-input when it is deeper than anything may be */
export function requireDepth(json: Json, depth = 1): void {
  if (json === null || typeof json !== 'object') return
  if (depth > MAX_DEPTH) throw tooDeep()
  for (const one of Object.values(json)) requireDepth(one, depth + 1)
}

/** JSON as a word within a sentence; what is no word is not gone through, however deep it is. */
export function word(json: Json | undefined): string {
  if (json === null || typeof json !== 'object') return JSON.stringify(json) ?? 'of no name'
  return Array.isArray(json) ? '[…]' : '{…}'
}

/** For REST, files and state: bytes as base64. */
export const toJson = (value: WireValue): Json => toWire(value)

/** @throws SeamError bad-input */
export const fromJson = (json: Json): WireValue => fromWire(json)

/** A key named __proto__ is a key like any other here. */
function mapped<From, To>(object: Readonly<Record<string, From>>, map: (one: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, one]) => [key, map(one)]))
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

function fromBase64(data: Json | undefined): Uint8Array<ArrayBuffer> {
  const text = typeof data === 'string' ? data : '='
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = Buffer.from(text, 'base64')
  // Node skips what is no base64: then there is less than the text's length says.
  if (text.length % 4 !== 0 || bytes.length !== (text.length / 4) * 3 - padding) throw bad('Its “data” is not base64.')
  // A copy where the bytes lie among others', so that they can be handed on whole.
  return bytes.buffer.byteLength === bytes.length ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

const bad = (message: string) => new SeamError('bad-input', message)
const tooDeep = () => bad(`It is more than ${MAX_DEPTH} objects and lists within one another.`)
const tooMuch = (words: string) => bad(`That is more than a plugin can be sent at once: ${words}. Send less.`)
