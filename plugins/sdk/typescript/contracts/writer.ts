import type { Writable } from 'node:stream'
import { ContractError } from './errors.ts'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE } from './limits.ts'

/** Messages on their way to the host. */
export class MessageWriter {
  readonly #sink: Writable
  #room: Promise<void> | undefined

  constructor(sink: Writable) {
    this.#sink = sink
    // Nobody listens any more: the end of standard input says so, too.
    sink.on('error', () => undefined)
  }

  /**
   * Sends a message and what belongs behind its line, and resolves when there is room for more: awaited, it holds a
   * stream back to the host's pace.
   * @throws ContractError INTERNAL for a message that no host would take; nothing of it is sent then
   */
  async send(json: object, attachments: readonly Uint8Array[] = []): Promise<void> {
    const told = attachments.length > 0 ? { ...json, attachments: attachments.length } : json
    const line = Buffer.from(`${JSON.stringify(told)}\n`)
    const size = attachments.reduce((sum, { length }) => sum + length, 0)
    if (line.length - 1 > MAX_LINE || size > MAX_ATTACHMENT || attachments.length > MAX_ATTACHMENTS) {
      throw new ContractError(
        'INTERNAL',
        `The answer is too large: a line has at most ${MAX_LINE >> 20} MiB, the bytes behind it ${MAX_ATTACHMENT >> 20} MiB in ${MAX_ATTACHMENTS} parts. Answer in a stream.`,
      )
    }
    this.#sink.cork()
    let hasRoom = this.#sink.write(line)
    for (const attachment of attachments) {
      const length = Buffer.allocUnsafe(4)
      length.writeUInt32LE(attachment.length)
      this.#sink.write(length)
      hasRoom = this.#sink.write(attachment)
    }
    this.#sink.uncork()
    if (!hasRoom) await this.#drained()
  }

  /** Resolves when all was taken, or when nobody reads any more. */
  async end(): Promise<void> {
    if (this.#sink.destroyed) return
    await new Promise<void>(resolve => {
      this.#sink.once('close', resolve).end(resolve)
    })
  }

  /** One wait for all who write at a time. */
  #drained(): Promise<void> {
    if (this.#sink.destroyed) return Promise.resolve()
    this.#room ??= new Promise<void>(resolve => {
      const go = () => {
        this.#sink.off('drain', go).off('close', go)
        this.#room = undefined
        resolve()
      }
      this.#sink.on('drain', go).on('close', go)
    })
    return this.#room
  }
}
