import { isUtf8 } from 'node:buffer'
import { LineCutter } from '../../contracts/wire/lines.ts'

/** One message of a plugin, as it came. */
export interface Told {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
  /** Bytes that came behind the line. */
  readonly buffers: readonly Uint8Array<ArrayBuffer>[]
  /** Milliseconds of performance.now(). */
  readonly at: number
}

/** Characters of a stray line that are kept. */
const STRAY_KEPT = 80

/** Everything that a plugin writes, in order, unjudged: what is a mistake is for the rules to say. */
export class Transcript {
  readonly messages: Told[] = []
  /** What is no message: its first characters, or what made the rest unreadable. */
  readonly strays: string[] = []
  readonly #cutter = new LineCutter({
    line: bytes => this.#line(bytes),
    attached: buffers => this.#take(this.#open!, buffers),
    broken: ({ words }) => this.strays.push(`It ${words}`),
  })
  /** Whose attachments are awaited. */
  #open: Record<string, unknown> | undefined

  add(chunk: Buffer): void {
    this.#cutter.push(chunk)
  }

  #line(bytes: Buffer): number {
    const message = isUtf8(bytes) ? parsed(bytes) : undefined
    if (!message) {
      this.strays.push(bytes.toString('utf8', 0, STRAY_KEPT))
      return 0
    }
    const count = Number.isInteger(message['attachments']) ? (message['attachments'] as number) : 0
    if (count > 0) this.#open = message
    else this.#take(message, [])
    return Math.max(0, count)
  }

  #take(message: Record<string, unknown>, buffers: readonly Uint8Array<ArrayBuffer>[]): void {
    this.messages.push({ ...message, buffers, at: performance.now() })
  }
}

function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(bytes.toString())
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
    return isObject ? (message as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
