// What servers say, read carefully: any field may be missing, or of another type.

/** Characters that are shown of what a server says. */
export const LONGEST_QUOTE = 300

type Fields = Readonly<Record<string, unknown>>

export function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** `line` as JSON; undefined when it is none. */
export function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return undefined
  }
}

/** An error that a server tells: `{ error: "…" }` or `{ error: { message, code, type } }`. */
export interface ToldError {
  readonly message: string
  /** HTTP's status, where the error names one. */
  readonly status?: number
  /** `insufficient_quota`, `model_not_found`, … */
  readonly kind: string
}

/** What `value` tells of an error; undefined when it tells of none. */
export function readError(value: unknown): ToldError | undefined {
  const { error, message, object } = fields(value)
  if (typeof error === 'string') return { message: quote(error), kind: '' }
  // Older servers put it at the top: { object: "error", message }.
  if (error === undefined || error === null) {
    return object === 'error' ? { message: quote(text(message)), kind: '' } : undefined
  }
  const { message: said, code, type } = fields(error)
  return {
    message: quote(text(said)),
    kind: text(code) || text(type),
    ...(typeof code === 'number' && code >= 400 && code < 600 ? { status: code } : {}),
  }
}

/** A server's words, short and on one line. */
function quote(said: string): string {
  const line = said.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
}
