/** Code names of error frames: capital letters, digits and `_`. docs/plugin-protocol.md, 5. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/
/** Characters of a message that a host keeps. */
const MAX_MESSAGE = 4096

/** What went wrong, for whoever runs the pipeline: full sentences that say what can be done. Thrown, it ends the run. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
  readonly code: string

  /** @param code such as `BAD_INPUT`; not one of the host's own names (docs/plugin-protocol.md, 9) */
  constructor(code: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    if (!CODE.test(code)) throw new TypeError(`“${code}” is no code: capital letters, digits and _ are.`)
    this.code = code
  }
}

/** The other end of a pipe is gone: there is nobody left to tell. `runPlugin` then exits without a word. */
export class HostGone extends Error {
  override readonly name = 'HostGone'
}

/** The content of an error frame. */
export interface ErrorMessage {
  readonly type: 'error'
  readonly code?: string
  readonly message: string
  readonly fatal: boolean
}

/** Whatever was thrown, as the one fatal error of a run. */
export function fatalMessage(error: unknown): ErrorMessage {
  if (error instanceof PluginError) {
    return { type: 'error', code: error.code, message: shortened(error.message), fatal: true }
  }
  const said = error instanceof Error ? error.message : String(error)
  const message = shortened(`The plugin failed unexpectedly: ${said || 'no reason given'}`)
  return { type: 'error', message: /[.!?]$/.test(message) ? message : `${message}.`, fatal: true }
}

export function warningMessage(code: string, message: string): ErrorMessage {
  if (!CODE.test(code)) throw new TypeError(`“${code}” is no code: capital letters, digits and _ are.`)
  return { type: 'error', code, message: shortened(message), fatal: false }
}

const shortened = (message: string) =>
  message.length > MAX_MESSAGE - 1 ? `${message.slice(0, MAX_MESSAGE - 2)}…` : message
