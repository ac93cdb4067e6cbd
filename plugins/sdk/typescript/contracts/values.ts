import { ContractError } from './errors.ts'
import type { AudioData, Value } from './types.ts'

/** What stands for bytes in a line: themselves as text, or their place behind the line. */
type WireBytes =
  | { readonly encoding: 'base64'; readonly mime: string; readonly data: string }
  | { readonly encoding: 'attachment'; readonly mime: string; readonly attachment: number }

/** What bytes are when nothing is said of them. */
const ANY_BYTES = 'application/octet-stream'

export const isBytes = (value: unknown): value is AudioData =>
  typeof value === 'object' &&
  value !== null &&
  'bytes' in value &&
  value.bytes instanceof Uint8Array &&
  'mime' in value &&
  typeof value.mime === 'string'

/** A value as JSON. @param attachments takes the bytes; without it they stand in the line */
export function toWire(value: unknown, attachments?: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) return bytesToWire({ mime: ANY_BYTES, bytes: value }, attachments)
  if (isBytes(value)) return bytesToWire(value, attachments)
  if (Array.isArray(value)) return value.map(each => toWire(each, attachments))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toWire(each, attachments)]))
}

function bytesToWire({ mime, bytes }: AudioData, attachments: Uint8Array[] | undefined): WireBytes {
  if (attachments) return { encoding: 'attachment', mime, attachment: attachments.push(bytes) - 1 }
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return { encoding: 'base64', mime, data }
}

/** @throws ContractError INVALID_PARAMS for an attachment that is not there */
export function fromWire(json: unknown, attachments: readonly Uint8Array[] = []): Value {
  if (Array.isArray(json)) return json.map(each => fromWire(each, attachments))
  if (typeof json !== 'object' || json === null) return json as Value
  const { encoding, mime, data, attachment } = json as Record<string, unknown>
  if (typeof mime === 'string') {
    if (encoding === 'base64' && typeof data === 'string') return { mime, bytes: Buffer.from(data, 'base64') }
    if (encoding === 'attachment' && typeof attachment === 'number') {
      const bytes = attachments[attachment]
      if (bytes) return { mime, bytes }
      throw new ContractError('INVALID_PARAMS', `There is no attachment ${attachment} behind this line.`)
    }
  }
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, fromWire(each, attachments)]))
}

/**
 * A stream's items as one answer, for a caller who wants no items: text and bytes are joined, anything else is listed.
 */
export function joined(items: readonly Value[]): Value {
  const [first] = items
  if (items.length === 0) return null
  if (typeof first === 'string') return items.join('')
  if (isBytes(first))
    return { mime: first.mime, bytes: Buffer.concat((items as AudioData[]).map(({ bytes }) => bytes)) }
  return items
}
