/** The end of a log, in a bounded memory: whole lines as they come, and the last bytes for error messages. */
export class LogTail {
  readonly #limit: number
  readonly #onLine: (line: string) => void
  #pieces: Buffer[] = []
  #size = 0
  /** Whether something of the beginning is gone. */
  #isCut = false
  #open = ''
  readonly #decoder = new TextDecoder('utf-8')

  /** @param limit bytes kept; a longer line is cut there as well */
  constructor(limit: number, onLine: (line: string) => void = () => {}) {
    this.#limit = limit
    this.#onLine = onLine
  }

  add(chunk: Buffer): void {
    this.#pieces.push(chunk)
    this.#size += chunk.length
    if (this.#size > 2 * this.#limit) this.#trim()
    this.#open += this.#decoder.decode(chunk, { stream: true })
    const lines = this.#open.split(/\r?\n/)
    this.#open = lines.pop()!
    for (const line of lines) this.#onLine(line.slice(0, this.#limit))
    if (this.#open.length > this.#limit) this.#open = this.#open.slice(-this.#limit)
  }

  /** No more will come: what stands without a line's end is a line, too. */
  end(): void {
    this.#open += this.#decoder.decode()
    if (this.#open !== '') this.#onLine(this.#open)
    this.#open = ''
  }

  /** The last bytes as text, from the beginning of a line on where there is one. */
  get text(): string {
    const all = this.#trim().toString('utf8')
    const cut = this.#isCut ? all.indexOf('\n') + 1 : 0
    return all.slice(cut).trimEnd()
  }

  #trim(): Buffer {
    if (this.#size > this.#limit) this.#isCut = true
    const last = Buffer.concat(this.#pieces).subarray(-this.#limit)
    // A copy: a view would keep all of what it was cut from.
    this.#pieces = [Buffer.from(last)]
    this.#size = last.length
    return last
  }
}
