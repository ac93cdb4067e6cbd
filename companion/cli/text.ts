import { SeamError } from '#protocol/errors.ts'

/** UTF-16 units in one go: about 18 hours of speech, and well inside what one WAV file can hold. */
export const TEXT_LIMIT = 1_000_000

export interface TextInput {
  readonly signal?: AbortSignal
  /** Default: standard input. */
  readonly input?: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
}

/**
 * The text of the command line, or of standard input when it is `-`. NUL bytes are dropped, as no voice can say them.
 * @throws SeamError bad-input (empty, too long, not UTF-8), cancelled
 */
export async function readText(given: string, { signal, input = process.stdin }: TextInput = {}): Promise<string> {
  const text = (given === '-' ? await readAll(input, signal) : checkLength(given)).replaceAll('\0', '')
  if (text.trim() === '') {
    throw new SeamError('bad-input', 'There is no text to speak. Give some in quotes, or - to read it from the input.')
  }
  return text
}

/** Stops reading at the limit: what a pipe can hold has no end. */
async function readAll(input: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  try {
    const stop =
      signal &&
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    const iterator = input[Symbol.asyncIterator]()
    for (;;) {
      const next = await (stop ? Promise.race([iterator.next(), stop]) : iterator.next())
      if (next.done) break
      text = checkLength(text + decoder.decode(next.value, { stream: true }))
    }
    return text + decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new SeamError('bad-input', 'The input is not UTF-8 text. Convert it first, for example with iconv.')
  }
}

function checkLength(text: string): string {
  if (text.length <= TEXT_LIMIT) return text
  throw new SeamError(
    'bad-input',
    `The text is longer than ${TEXT_LIMIT} characters. Split it, and say the parts one after the other.`,
  )
}
