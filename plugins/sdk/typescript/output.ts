import type { Writable } from 'node:stream'
import { HostGone, type ErrorMessage } from './errors.ts'
import { frameHeader } from './frames.ts'

/** Content of one frame when a write is longer, bytes. */
const SLICE = 1 << 18

/** Frames on their way to the host. */
export class FrameOutput {
  readonly #sink: Writable
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(sink: Writable) {
    this.#sink = sink
    // Told by the write that fails.
    sink.on('error', () => undefined)
  }

  /**
   * Sends payload, and resolves when the pipe has taken it: awaited, it holds the plugin back to the reader's pace.
   * `bytes` must not change until then. Writes keep the order of their calls.
   * @throws HostGone when nobody reads any more
   */
  write(bytes: Uint8Array | string): Promise<void> {
    const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    return this.#inTurn(async () => {
      for (let at = 0; at < content.length; at += SLICE) await this.#send(content.subarray(at, at + SLICE), false)
    })
  }

  /** Sends a control frame. */
  control(message: ErrorMessage): Promise<void> {
    return this.#inTurn(() => this.#send(Buffer.from(JSON.stringify(message)), true))
  }

  /** The last frame of a failed run. What is written afterwards is refused. */
  fail(message: ErrorMessage): Promise<void> {
    const sent = this.control(message)
    this.#closed = true
    return sent
  }

  /** Everything was written. */
  end(): Promise<void> {
    const done = this.#inTurn(
      () =>
        new Promise<void>((resolve, reject) =>
          this.#sink.end((error?: Error | null) => (error ? reject(gone(error)) : resolve())),
        ),
    )
    this.#closed = true
    return done
  }

  /** Nobody reads any more: what is written from now on is refused. */
  close(): void {
    this.#closed = true
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#closed) return Promise.reject(new HostGone('The output has ended.'))
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #send(content: Uint8Array, control: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sink.cork()
      this.#sink.write(frameHeader(content.length, control))
      this.#sink.write(content, error => (error ? reject(gone(error)) : resolve()))
      this.#sink.uncork()
    })
  }
}

const gone = (cause: Error) => new HostGone('Nobody reads the output any more.', { cause })
