import type { Writable } from 'node:stream'
import { AbstractMessageWriter, Message, type MessageWriter } from 'vscode-jsonrpc/node'
import type { WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { MAX_LINE } from './limits.ts'
import { toWire } from './values.ts'

/** Messages as lines of a plugin's input, with the bytes of their parameters behind them where both sides agreed. */
export class ContractWriter extends AbstractMessageWriter implements MessageWriter {
  attachments = false
  readonly #stream: Writable
  readonly #ids: Set<number | string>

  /** @param ids of requests that were sent and not answered; each request's is put in */
  constructor(stream: Writable, ids: Set<number | string>) {
    super()
    this.#stream = stream
    this.#ids = ids
  }

  /** @throws SeamError bad-input when it is more than a plugin takes; then nothing was written */
  async write(message: Message & { readonly params?: unknown }): Promise<void> {
    const buffers: Uint8Array[] = []
    const params =
      message.params === undefined
        ? {}
        : { params: toWire(message.params as WireValue, this.attachments ? buffers : undefined) }
    const counted = buffers.length === 0 ? {} : { attachments: buffers.length }
    const line = JSON.stringify({ ...message, ...params, ...counted })
    if (3 * line.length > MAX_LINE && Buffer.byteLength(line) > MAX_LINE) {
      throw new SeamError(
        'bad-input',
        `That is more than the ${MAX_LINE} bytes that a plugin takes at once. Send less.`,
      )
    }
    if (Message.isRequest(message) && message.id !== null) this.#ids.add(message.id)
    this.#stream.cork()
    this.#stream.write(`${line}\n`)
    for (const bytes of buffers) {
      const head = Buffer.alloc(4)
      head.writeUInt32LE(bytes.length)
      this.#stream.write(head)
      this.#stream.write(bytes)
    }
    this.#stream.uncork()
  }

  end(): void {
    this.#stream.end()
  }
}
