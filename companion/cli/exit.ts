import type { Failure } from '#protocol/errors.ts'

/** What the process says to whoever started it; docs/cli.md lists the same. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that no other code names. */
  failure: 1,
  /** The command line, the configuration or the text given can't be used. */
  usage: 2,
  /** No such model, voice, file or setting; or a model has not been fetched. */
  notFound: 3,
  /** Permission, or the user's own no. */
  refused: 4,
  /** The network or a registry is out of reach. */
  offline: 5,
  /** Bytes are not what their hash says. */
  integrity: 6,
  /** No room left. */
  noRoom: 7,
  /** Something else holds the port or the file. */
  conflict: 8,
  interrupted: 130,
  terminated: 143,
} as const

const byFailure: Readonly<Record<Failure, number>> = {
  'bad-input': EXIT.usage,
  'not-found': EXIT.notFound,
  unsupported: EXIT.failure,
  offline: EXIT.offline,
  integrity: EXIT.integrity,
  quota: EXIT.noRoom,
  conflict: EXIT.conflict,
  refused: EXIT.refused,
  cancelled: EXIT.interrupted,
  engine: EXIT.failure,
  internal: EXIT.failure,
}

export function exitCode(failure: Failure): number {
  return byFailure[failure]
}

/**
 * For what has run for long and is closed: nothing that is left over, such as a connection that looks for its Redis,
 * holds the process.
 */
export function leave(code: number): number {
  setTimeout(() => process.exit(code), 1000).unref()
  return code
}
