import { SeamError } from './errors.ts'

/** Characters of one line. A server that sends more without an end to it is not read any further. */
export const LONGEST_LINE = 1 << 20

/** The part of a `ReadableStream` that is needed to read it. */
export interface StreamSource<T> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>
    cancel(reason?: unknown): Promise<void>
  }
}
export type ByteSource = StreamSource<Uint8Array>

/** What a stream gives, no faster than it is read; not every browser can loop over one. Leaving the loop ends it. */
export async function* readStream<T>(source: StreamSource<T>): AsyncGenerator<T, void> {
  const reader = source.getReader()
  let isOver = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isOver = done
      if (done) return
      if (value !== undefined) yield value
    }
  } catch (error) {
    isOver = true
    throw error
  } finally {
    if (!isOver) void reader.cancel().catch(() => undefined)
  }
}

/**
 * Lines of UTF-8, whose characters may be split over pieces, without `\n` or `\r\n`; empty ones are left out. What
 * follows the last line end is a line, too.
 * @throws SeamError engine, past LONGEST_LINE
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true })
    const [first = '', ...more] = text.split('\n')
    // Only what is new is searched: a line may come in very many pieces.
    rest += first
    requireShort(rest)
    if (more.length === 0) continue
    const lines = [rest, ...more]
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line.replace(/\r$/, '')
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield rest.replace(/\r$/, '')
}

function requireShort(line: string): void {
  if (line.length <= LONGEST_LINE) return
  throw new SeamError('engine', `A line of the answer has more than ${LONGEST_LINE} characters, and was not read on.`)
}
