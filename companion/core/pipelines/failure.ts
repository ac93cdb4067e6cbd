import { SeamError } from '#protocol/errors.ts'
import type { PluginFailure } from '#protocol/plugins.ts'
import type { Exit } from '../process/child.ts'

export interface FailureFacts {
  readonly node: string
  readonly plugin: string
  readonly exit?: Exit | undefined
  /** The end of its standard error. */
  readonly log: string
  readonly frames: number
  /** Content of the last frame, bytes. */
  readonly lastFrame: number
}

const MAX_LOG = 4000

/** A plugin that failed, with everything that helps to find out why. `failure` is the plugin's own code, or the host's. */
export function pluginFailure(failure: PluginFailure | (string & {}), message: string, facts: FailureFacts): SeamError {
  const { node, plugin, exit, log, frames, lastFrame } = facts
  const name = node === plugin ? `The plugin “${plugin}”` : `The plugin “${plugin}” (node “${node}”)`
  return new SeamError(failure === 'INPUT_TOO_LARGE' ? 'bad-input' : 'engine', `${name} ${message}`, {
    details: {
      failure,
      node,
      plugin,
      frames,
      lastFrame,
      ...(exit?.code === undefined ? {} : { exitCode: exit.code }),
      ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
      ...(log === '' ? {} : { stderr: log.length > MAX_LOG ? `…${log.slice(-MAX_LOG)}` : log }),
    },
  })
}

/** How a process ended, in words: “exited with code 3”. */
export function exitWords({ code, signal }: Exit): string {
  return signal === undefined ? `exited with code ${code}` : `was ended by ${signal}`
}

/** The last line of a log that says something, for a message. */
export function lastWords(log: string): string {
  const line =
    log
      .split('\n')
      .findLast(text => text.trim() !== '')
      ?.trim() ?? ''
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
