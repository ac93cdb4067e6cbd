import type { Json, WireValue } from '#protocol/contracts.ts'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS } from '../../companion/core/contracts/wire/limits.ts'
import { fromWire } from '../../companion/core/contracts/wire/values.ts'

// What a plugin wrote, read in one piece and without regard to speed: what readers of slices are held against.

export interface Told {
  readonly messages: { readonly json: unknown; readonly attachments: readonly Buffer[] }[]
  readonly isFaulty: boolean
}

/** The same bytes, taken apart the simplest way. */
export function takeApart(bytes: Buffer): Told {
  const messages: Told['messages'] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf(10, at)
    if (end < 0) return { messages, isFaulty: false }
    const line = bytes.subarray(at, bytes[end - 1] === 13 && end > at ? end - 1 : end)
    at = end + 1
    if (line.length === 0) continue
    const json = parsed(line)
    const count = (json as { readonly attachments?: unknown } | null | undefined)?.attachments
    const attachments: Buffer[] = []
    if (typeof count === 'number' && Number.isInteger(count) && count > 0) {
      if (count > MAX_ATTACHMENTS) return { messages, isFaulty: true }
      for (let sum = 0; attachments.length < count;) {
        if (at + 4 > bytes.length) return { messages, isFaulty: false }
        const size = bytes.readUInt32LE(at)
        sum += size
        if (sum > MAX_ATTACHMENT) return { messages, isFaulty: true }
        if (at + 4 + size > bytes.length) return { messages, isFaulty: false }
        attachments.push(bytes.subarray(at + 4, at + 4 + size))
        at += 4 + size
      }
    }
    messages.push({ json, attachments })
  }
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)) as unknown
  } catch {
    return undefined
  }
}

/** Results that callers get where attachments were agreed on. @param ids of the requests that are open */
export function expectedResults({ messages }: Told, ids: Iterable<number | string>): WireValue[] {
  const open = new Set<unknown>(ids)
  const results: WireValue[] = []
  for (const { json, attachments } of messages) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) continue
    const { jsonrpc, method, id, result, error, attachments: count } = json as Readonly<Record<string, Json>>
    const isRefused = (count ?? 0) !== 0 && attachments.length === 0
    if (!isRefused && (jsonrpc !== '2.0' || typeof method === 'string')) continue
    if (!open.delete(id) || isRefused || (error ?? null) !== null || result === undefined) continue
    try {
      results.push(
        fromWire(
          result,
          attachments.map(bytes => new Uint8Array(bytes)),
        ),
      )
    } catch {
      // Its caller gets an error.
    }
  }
  return results
}
