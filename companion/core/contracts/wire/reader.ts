import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import {
  AbstractMessageReader,
  ErrorCodes,
  type DataCallback,
  type MessageReader,
  type RequestMessage,
  type ResponseMessage,
} from 'vscode-jsonrpc/node'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import { MAX_ATTACHMENTS, MOST_FAULTS } from './limits.ts'
import { LineCutter, type WireBreak } from './lines.ts'
import { fromWire, requireDepth, word } from './values.ts'

export interface ReaderOptions {
  /** Requests that were sent and not answered. An answer takes its own out. */
  readonly ids: Set<number | string>
  /** An item of a stream, and its bytes on the wire. @returns whether anybody asked for it */
  item(token: string, value: WireValue, size: number): boolean
  /** Something that nobody asked for; follows “The plugin”. It is read on. */
  fault(words: string): void
  /** Nothing is read any more. */
  broken(why: WireBreak): void
}

type JsonObject = Readonly<Record<string, Json>>

const SHOWN = 80
/** Bytes that so many characters may have. */
const MOST_SHOWN = 4 * SHOWN

/**
 * A plugin's output as messages. Items of streams do not go through the connection, whose queue has no limit; an answer
 * that can't be used becomes an error of its request, so that no caller waits for what will not come.
 */
export class ContractReader extends AbstractMessageReader implements MessageReader {
  /** Whether both sides agreed on attachments. */
  attachments = false
  faults = 0
  /** The beginning of what came last that was no message. */
  stray = ''
  readonly #stream: Readable
  readonly #options: ReaderOptions
  readonly #cutter: LineCutter
  #pass: DataCallback = () => {}
  #announced: { readonly message: JsonObject; readonly begin: Buffer; readonly size: number } | undefined

  constructor(stream: Readable, options: ReaderOptions) {
    super()
    this.#stream = stream
    this.#options = options
    this.#cutter = new LineCutter({
      line: bytes => this.#line(bytes),
      attached: (buffers, size) => {
        const { message, begin, size: line } = this.#announced!
        this.#announced = undefined
        this.#message(message, buffers, line + size, begin)
      },
      broken: why => this.#break(why),
    })
  }

  listen(callback: DataCallback): { dispose(): void } {
    this.#pass = callback
    this.#stream.on('data', (chunk: Buffer) => this.#cutter.push(chunk))
    this.#stream.once('close', () => this.fireClose())
    return { dispose: () => this.stop() }
  }

  /** What comes from now on is dropped. */
  stop(): void {
    this.#pass = () => {}
    this.#cutter.stop()
  }

  #line(bytes: Buffer): number {
    if (bytes.length === 0) return 0
    if (!isUtf8(bytes)) {
      this.#break({ failure: 'NOT_UTF8', words: `wrote a line that is not UTF-8: ${shown(bytes)}` })
      return 0
    }
    const message = parsed(bytes.toString('utf8'))
    if (!message) {
      this.#stray(bytes)
      return 0
    }
    const count = message['attachments'] ?? 0
    if (count === 0) {
      this.#message(message, [], bytes.length, bytes)
      return 0
    }
    if (!this.attachments || typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
      this.#refuse(message['id'], 'announced attachments that were not agreed on.')
      return 0
    }
    if (count > MAX_ATTACHMENTS) {
      const words = `announced ${count} attachments for one message, more than ${MAX_ATTACHMENTS}.`
      this.#break({ failure: 'ATTACHMENT_TOO_LARGE', words })
      return 0
    }
    this.#announced = { message, begin: Buffer.from(bytes.subarray(0, MOST_SHOWN)), size: bytes.length }
    return count
  }

  /** @param begin of its line */
  #message(message: JsonObject, buffers: readonly Uint8Array<ArrayBuffer>[], size: number, begin: Buffer): void {
    const { method, id } = message
    const isMessage = message['jsonrpc'] === '2.0'
    if (isMessage && method === '$/progress') this.#item(message['params'], buffers, size)
    else if (isMessage && typeof method === 'string') {
      // Another notification is nobody's business; a request is told that there is no such method here.
      if (typeof id !== 'number' && typeof id !== 'string') return
      this.#fault(`asked its host for “${method.slice(0, SHOWN)}”: only the host asks.`)
      const request: RequestMessage = { jsonrpc: '2.0', id, method }
      this.#pass(request)
    } else if (isMessage && id !== undefined) this.#answer(message, buffers)
    else this.#stray(begin)
  }

  #item(params: Json | undefined, buffers: readonly Uint8Array<ArrayBuffer>[], size: number): void {
    const { token, value } = isObject(params) ? params : {}
    if (typeof token !== 'string' || value === undefined) return this.#fault('told an item without a token or a value.')
    try {
      if (this.#options.item(token, fromWire(value, buffers), size)) return
      this.#fault(`told an item of “${token.slice(0, SHOWN)}”, which nobody waits for.`)
    } catch (error) {
      this.#fault(`told an item that can’t be read. ${toSeamError(error).message}`)
    }
  }

  #answer(message: JsonObject, buffers: readonly Uint8Array<ArrayBuffer>[]): void {
    const { id, error, result } = message
    if ((typeof id !== 'number' && typeof id !== 'string') || !this.#options.ids.delete(id)) {
      const said = isObject(error) && typeof error['message'] === 'string' ? ` ${error['message'].slice(0, SHOWN)}` : ''
      return this.#fault(`answered the request ${word(id).slice(0, SHOWN)}, which is not open.${said}`)
    }
    const hasFailed = error !== undefined && error !== null
    if (!hasFailed && result === undefined) return this.#invalid(id, 'answered with neither a result nor an error.')
    if (hasFailed && !isError(error)) {
      return this.#invalid(id, 'answered with an error that lacks a “code” or a “message”.')
    }
    try {
      if (hasFailed) requireDepth(error)
      this.#respond({ jsonrpc: '2.0', id, ...(hasFailed ? { error } : { result: fromWire(result!, buffers) }) })
    } catch (problem) {
      this.#invalid(id, `answered with what can’t be read. ${toSeamError(problem).message}`)
    }
  }

  #refuse(id: Json | undefined, words: string): void {
    if ((typeof id === 'number' || typeof id === 'string') && this.#options.ids.delete(id)) this.#invalid(id, words)
    else this.#fault(words)
  }

  #invalid(id: number | string, words: string): void {
    this.#fault(words)
    this.#respond({ jsonrpc: '2.0', id, error: { code: ErrorCodes.MessageReadError, message: words } })
  }

  #respond(answer: Omit<ResponseMessage, 'result'> & { readonly result?: WireValue }): void {
    this.#pass(answer)
  }

  #stray(line: Buffer): void {
    this.stray = shown(line)
    this.#fault(`wrote what is no message: ${this.stray}`)
  }

  #fault(words: string): void {
    this.faults += 1
    this.#options.fault(words)
    if (this.faults < MOST_FAULTS) return
    this.#break({
      failure: 'TOO_MANY_FAULTS',
      words: `wrote ${MOST_FAULTS} things that nobody asked for. The last: ${words}`,
    })
  }

  #break(why: WireBreak): void {
    this.stop()
    this.#options.broken(why)
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isError = (value: Json): value is JsonObject & { readonly code: number; readonly message: string } =>
  isObject(value) && Number.isSafeInteger(value['code']) && typeof value['message'] === 'string'

/** The beginning of a line, as it can be shown. */
function shown(line: Buffer): string {
  const text = line
    .subarray(0, MOST_SHOWN)
    .toString('utf8')
    .replace(/\p{Cc}/gu, '·')
  return text.length > SHOWN ? `${text.slice(0, SHOWN).toWellFormed()}…` : text
}
