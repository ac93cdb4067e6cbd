import { isUtf8 } from 'node:buffer'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE } from './limits.ts'

/** One message: a line, with the bytes that came behind it. */
export interface WireMessage {
  /** Undefined when the line is not JSON in UTF-8. */
  readonly json: unknown
  readonly attachments: readonly Buffer[]
}

/** What can't be read on from: where the next line begins is not known any more. */
export class WireFault extends Error {
  override readonly name = 'WireFault'
}

const NEWLINE = 10
const RETURN = 13

/** Bytes in slices of any size, as messages. */
export class MessageReader {
  #parts: Buffer[] = []
  #size = 0
  #open: { readonly json: unknown; readonly attachments: Buffer[]; readonly count: number } | undefined
  /** Bytes that are waited for: 4 of a length, or an attachment. Undefined within a line. */
  #wanted: number | undefined
  #isLength = false
  #attached = 0

  /** Whether a message has begun and not ended. */
  get isInside(): boolean {
    return this.#open !== undefined || this.#size > 0
  }

  /** Messages that are complete with this slice. @throws WireFault */
  *feed(slice: Buffer): Generator<WireMessage> {
    let rest = slice
    while (rest.length > 0 || this.#wanted === 0) {
      if (this.#wanted === undefined) {
        const end = rest.indexOf(NEWLINE)
        this.#keep(end < 0 ? rest : rest.subarray(0, end))
        if (this.#size > MAX_LINE) throw new WireFault(`A line has more than ${MAX_LINE >> 20} MiB.`)
        if (end < 0) return
        rest = rest.subarray(end + 1)
        const message = this.#line(this.#take())
        if (message) yield message
      } else {
        const part = rest.subarray(0, this.#wanted - this.#size)
        this.#keep(part)
        rest = rest.subarray(part.length)
        if (this.#size < this.#wanted) return
        const message = this.#bytes(this.#take(!this.#isLength))
        if (message) yield message
      }
    }
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#parts.push(part)
    this.#size += part.length
  }

  /** @param isKept a small piece that is must not keep the whole slice that it came in */
  #take(isKept = false): Buffer {
    const all = this.#parts.length === 1 && !isKept ? this.#parts[0]! : Buffer.concat(this.#parts, this.#size)
    this.#parts = []
    this.#size = 0
    return all
  }

  #line(bytes: Buffer): WireMessage | undefined {
    const line = bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes
    if (line.length === 0) return undefined
    const json = parse(line)
    const count = attachmentsOf(json)
    if (count === 0) return { json, attachments: [] }
    if (count > MAX_ATTACHMENTS) throw new WireFault(`A message has more than ${MAX_ATTACHMENTS} attachments.`)
    this.#open = { json, attachments: [], count }
    this.#attached = 0
    this.#expectLength()
    return undefined
  }

  #expectLength(): void {
    this.#wanted = 4
    this.#isLength = true
  }

  #bytes(bytes: Buffer): WireMessage | undefined {
    if (this.#isLength) {
      this.#wanted = bytes.readUInt32LE(0)
      this.#isLength = false
      this.#attached += this.#wanted
      if (this.#attached > MAX_ATTACHMENT) {
        throw new WireFault(`The attachments of a message have more than ${MAX_ATTACHMENT >> 20} MiB.`)
      }
      return undefined
    }
    const { json, attachments, count } = this.#open!
    attachments.push(bytes)
    if (attachments.length < count) {
      this.#expectLength()
      return undefined
    }
    this.#open = undefined
    this.#wanted = undefined
    return { json, attachments }
  }
}

function parse(line: Buffer): unknown {
  if (!isUtf8(line)) return undefined
  try {
    return JSON.parse(line.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

function attachmentsOf(json: unknown): number {
  const count = (json as { readonly attachments?: unknown } | null | undefined)?.attachments
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : 0
}
