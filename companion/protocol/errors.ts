/** Why something failed, in words that cross every seam. The page maps each to a sentence in the user's language. */
export type Failure =
  | 'bad-input' // the caller gave something that can't be used; `message` says what and what to do
  | 'not-found'
  | 'unsupported' // this device, browser or build can't
  | 'offline' // the network, or the companion, is not there
  | 'integrity' // bytes are not what their hash says
  | 'quota' // no room left
  | 'conflict' // somebody else wrote first
  | 'refused' // not allowed: token, origin, permission
  | 'cancelled'
  | 'engine' // a model or native library failed
  | 'internal' // a defect of ours

/** The one error type that crosses seams. `message` is a full sentence in English, fit for a log and a terminal. */
export class SeamError extends Error {
  override readonly name = 'SeamError'
  readonly code: Failure
  /** Whether the same call may succeed when tried again, with nothing changed by the caller. */
  readonly retryable: boolean
  /** Values for the page's own sentence, e.g. `{ need: 92_000_000, free: 1_000_000 }`. */
  readonly details: Readonly<Record<string, string | number>>

  constructor(
    code: Failure,
    message: string,
    options: { retryable?: boolean; cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? (code === 'offline' || code === 'integrity')
    this.details = options.details ?? {}
  }
}

/** What a SeamError looks like as plain data, for a MessagePort or a socket. */
export interface ErrorData {
  readonly code: Failure
  readonly message: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, string | number>>
}

export function errorData(error: unknown): ErrorData {
  if (error instanceof SeamError) {
    return { code: error.code, message: error.message, retryable: error.retryable, details: error.details }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'Cancelled.', retryable: false, details: {} }
  }
  if (error instanceof Error && error.name === 'QuotaExceededError') {
    return { code: 'quota', message: 'There is no room left in this browser’s storage.', retryable: false, details: {} }
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    retryable: false,
    details: {},
  }
}

export function fromErrorData(data: ErrorData): SeamError {
  return new SeamError(data.code, data.message, { retryable: data.retryable, details: data.details })
}

/** `error` as a SeamError, whatever it was. */
export function toSeamError(error: unknown): SeamError {
  if (error instanceof SeamError) return error
  const { code, message, retryable, details } = errorData(error)
  return new SeamError(code, message, { retryable, details, cause: error })
}
