import { openFrameStream } from './stdio.ts'
import { fatalMessage, HostGone, warningMessage } from './errors.ts'
import { parseHandshake, type Handshake } from './handshake.ts'
import { FrameInput } from './input.ts'
import { FrameOutput } from './output.ts'

/** One run, seen from the plugin. */
export interface Plugin extends Handshake {
  /** The input in slices of any size. Iterated twice, it goes on where the first stopped. */
  payload(): AsyncIterable<Buffer>
  /** The input as text; no character is ever cut. @throws PluginError BAD_INPUT when it is not UTF-8 */
  text(): AsyncIterable<string>
  /** Sends output; resolves when there is room for more, so await it. `bytes` must not change until then. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Says what went wrong without ending the run. */
  warn(code: string, message: string): Promise<void>
  /** Fires when the host gives up. The process exits when `main` ends, or 250 ms later. */
  readonly signal: AbortSignal
}

/** Milliseconds that a host has for taking the last error. */
const LAST_WORDS = 2000
/** Milliseconds that a plugin has for ending what it has started, when the host gives up. */
const FAREWELL = 250

/**
 * Runs a plugin to its end, and exits: 0 when `main` is done, otherwise 1, after one fatal error frame that says why.
 * A PluginError is told in its own words, anything else with its message; stacks go to standard error.
 */
export function runPlugin(main: (plugin: Plugin) => Promise<void> | void): void {
  const output = new FrameOutput(openFrameStream())
  const input = new FrameInput(process.stdin)
  let failing = false

  const fail = async (error: unknown): Promise<void> => {
    if (failing) return
    failing = true
    if (error instanceof HostGone || input.signal.aborted) return process.exit(1)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    const tooLong = setTimeout(() => process.exit(1), LAST_WORDS)
    await output.fail(fatalMessage(error)).catch(() => undefined)
    clearTimeout(tooLong)
    process.exit(1)
  }

  input.signal.addEventListener('abort', () => {
    output.close()
    // A plugin that is busy with something else than its input must not outlive the run.
    setTimeout(() => process.exit(1), FAREWELL)
  })
  process.on('SIGTERM', () => input.stop('The run was cancelled.'))
  process.on('uncaughtException', error => void fail(error))
  // Node would exit with 0 here, and half the output would pass for all of it.
  process.on('beforeExit', () => void fail(new Error('It waited for something that can’t come any more.')))

  const conduct = async () => {
    const handshake = parseHandshake(await input.handshake())
    await main({
      ...handshake,
      payload: () => input.payload(),
      text: () => input.text(),
      write: bytes => output.write(bytes),
      warn: (code, message) => output.control(warningMessage(code, message)),
      signal: input.signal,
    })
    if (failing) return
    await output.end()
    process.exit(0)
  }
  conduct().catch(fail)
}
