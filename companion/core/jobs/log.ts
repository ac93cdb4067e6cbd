import { createWriteStream, type WriteStream } from 'node:fs'

/** Bytes of one job's log. */
const MAX_LOG = 4 * 1024 * 1024

/** What a job's plugins said, a JSON line each, up to a limit. */
export class JobLog {
  readonly #stream: WriteStream
  #left = MAX_LOG

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
    // A log that can't be written must not end the work.
    this.#stream.on('error', () => undefined)
  }

  write(node: string, text: string): void {
    if (this.#left <= 0) return
    const line = lineOf(node, text)
    this.#left -= line.length
    this.#stream.write(this.#left > 0 ? line : lineOf('', 'The log is full; the rest was left out.'))
  }

  close(): void {
    this.#stream.end()
  }
}

const lineOf = (node: string, text: string) => `${JSON.stringify({ at: new Date().toISOString(), node, text })}\n`
