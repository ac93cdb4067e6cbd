/** What a plugin says of its failure, or of something that it could live with. */
export interface PluginError {
  readonly code: string
  readonly message: string
  readonly fatal: boolean
}

const MAX_MESSAGE = 4096
/** What JSON allows before a value: space, line feed, carriage return, tab. */
const SPACE: readonly number[] = [0x20, 0x0a, 0x0d, 0x09]

/** An error object, or undefined when `content` is not one as a whole. docs/plugin-protocol.md, 5. */
export function parseErrorFrame(content: Buffer): PluginError | undefined {
  // Most frames of JSON are no errors: this is quicker than to parse them. What is written with escapes may be one.
  const mayBe = content.includes('"error"') && content.includes('"message"')
  if (!mayBe && !content.includes('\\u')) return undefined
  let data: unknown
  try {
    data = JSON.parse(content.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const { type, message, fatal, code } = data as Record<string, unknown>
  if (type !== 'error' || typeof message !== 'string') return undefined
  return {
    code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : 'PLUGIN_ERROR',
    message: message.length > MAX_MESSAGE ? cut(message) : message,
    fatal: fatal !== false,
  }
}

/** Never in the middle of a character: half of one is none, and is no UTF-8 either. */
const cut = (message: string) => `${message.slice(0, MAX_MESSAGE - 1).replace(/[\ud800-\udbff]$/, '')}…`

/** Whether a payload frame that begins with `byte` may be an error of the first draft. */
export const mayBeError = (byte: number): boolean => byte === 0x7b || SPACE.includes(byte)
