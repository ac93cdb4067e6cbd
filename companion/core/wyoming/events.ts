import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import type { ByteReader } from '../sound/byte-reader.ts'

// The Wyoming protocol (https://github.com/OHF-Voice/wyoming): a line of JSON, then `data_length` bytes of JSON that
// belong to its data, then `payload_length` bytes of sound.

export interface WyomingEvent {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly payload: Buffer
}

/** The version of the protocol's own library that this was written to. */
const PROTOCOL_VERSION = '1.10.2'

/** Bytes of the first line, of the data and of the payload: a second of sound as good as any is less. */
export const HEADER_LIMIT = 64 * 1024
export const DATA_LIMIT = 1024 * 1024
export const PAYLOAD_LIMIT = 1024 * 1024

const length = (limit: number) => z.int().min(0).max(limit).nullish()
const record = z.record(z.string(), z.unknown())
const header = z.object({
  type: z.string().max(64),
  data: record.nullish(),
  data_length: length(DATA_LIMIT),
  payload_length: length(PAYLOAD_LIMIT),
})

/** The next event; undefined when the connection is over. @throws SeamError bad-input */
export async function readEvent(reader: ByteReader): Promise<WyomingEvent | undefined> {
  const line = await reader.line(HEADER_LIMIT)
  if (!line) return undefined
  const { type, data, data_length: dataLength, payload_length: payloadLength } = parse(header, line)
  const more = await reader.take(dataLength ?? 0)
  const payload = await reader.take(payloadLength ?? 0)
  if (more.length < (dataLength ?? 0) || payload.length < (payloadLength ?? 0)) return undefined
  return { type, data: { ...data, ...(more.length > 0 && parse(record, more)) }, payload }
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new SeamError('bad-input', 'This is not the Wyoming protocol: JSON is expected. The connection is closed.')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SeamError('bad-input', `The event can’t be read: “${issue?.path.join('.')}”: ${issue?.message}.`)
}

/** An event as bytes. */
export function eventBytes(
  type: string,
  data: Readonly<Record<string, unknown>> = {},
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  const body = Object.keys(data).length > 0 ? Buffer.from(JSON.stringify(data)) : Buffer.alloc(0)
  const head = {
    type,
    version: PROTOCOL_VERSION,
    ...(body.length > 0 && { data_length: body.length }),
    ...(payload.length > 0 && { payload_length: payload.length }),
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body, payload])
}
