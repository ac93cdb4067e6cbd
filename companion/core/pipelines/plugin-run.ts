import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Handshake } from '#protocol/plugin-manifest.ts'
import { MAX_HANDSHAKE, type PluginFailure } from '#protocol/plugins.ts'
import { endingOf } from '../frames/ending.ts'
import type { PluginError } from '../frames/error-frame.ts'
import { frame, writeHeader } from '../frames/frame.ts'
import { FrameFault, FrameScanner } from '../frames/scanner.ts'
import { Child, type Command } from '../process/child.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import { CreditWriter } from './credit.ts'
import { exitWords, lastWords, pluginFailure, type FailureFacts } from './failure.ts'
import { Watchdog, type Limits } from './watchdog.ts'

/** One plugin of a pipeline, ready to be started. */
export interface PlannedNode {
  readonly id: string
  readonly plugin: string
  readonly command: Command
  readonly handshake: Handshake
  readonly mode: 'streaming' | 'batch'
  readonly maxInputBytes: number
  readonly limits: Limits
}

export interface RunHooks {
  /** A line of the plugin's standard error. */
  readonly onLog?: (node: string, line: string) => void
  /** Something that it could live with. */
  readonly onWarning?: (node: string, warning: PluginError) => void
  readonly ledger?: ProcessLedger
}

/** Bytes that went through a node so far. */
export interface NodeTraffic {
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Bytes put into one frame. */
const SLICE = 1 << 20
/** Milliseconds that a plugin which has failed is given to say so in its log, and to exit. */
const LAST_WORDS = 250
/** Warnings told; what comes after is counted. */
const MAX_WARNINGS = 100

/** One run of one plugin: its process, its frames, and the clock that it is measured by. */
export class PluginRun {
  readonly node: PlannedNode
  readonly #hooks: RunHooks
  readonly #child: Child
  readonly #stdin: CreditWriter
  readonly #scanner = new FrameScanner()
  #failure: SeamError | undefined
  #stopped = false
  #reading = false
  #inputEnded = false
  #alive = false
  #warnings = 0
  #bytesIn = 0
  #bytesOut = 0
  #watchdog: Watchdog | undefined

  constructor(node: PlannedNode, hooks: RunHooks = {}) {
    this.node = node
    this.#hooks = hooks
    this.#child = new Child(node.command, {
      ...(hooks.ledger && { ledger: hooks.ledger }),
      onLine: line => {
        this.#alive = true
        hooks.onLog?.(node.id, line)
      },
    })
    this.#stdin = new CreditWriter(this.#child.stdin, () => this.#watchdog?.moved())
  }

  get traffic(): NodeTraffic {
    return { bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }
  }

  /** Ends the process because nobody needs its output any more. No failure. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#child.end()
  }

  /** Gives up: the output ends with `error`. */
  fail(error: SeamError): void {
    this.#failure ??= error
    void this.#child.end()
  }

  /**
   * Feeds the plugin with `input` and gives what it writes, piece by piece; a slow reader slows the plugin down.
   * @param release called when no more input is wanted, however the run ended
   * @throws SeamError engine, bad-input, or whatever `input` threw
   */
  async *output(input: AsyncIterable<Uint8Array>, release: () => void): AsyncGenerator<Buffer> {
    const { limits } = this.node
    this.#watchdog = new Watchdog(
      limits,
      () => ({
        reading: this.#reading,
        owes: this.#stdin.isWaiting || this.#inputEnded,
        alive: this.#alive,
        insideFrame: this.#scanner.insideFrame,
      }),
      (failure, seconds) => this.fail(this.#blame(failure, timeoutWords(failure, seconds))),
    )
    const feeding = this.#feed(input).catch((error: unknown) => this.fail(toSeamError(error)))
    try {
      yield* this.#read()
      yield* await this.#conclude()
    } finally {
      this.#watchdog.stop()
      release()
      await this.#child.end()
      await feeding
    }
  }

  async *#read(): AsyncGenerator<Buffer> {
    const { stdout } = this.#child
    const chunks = stdout.iterator({ destroyOnReturn: false })
    for (;;) {
      this.#reading = true
      const { done, value } = (await chunks
        .next()
        .catch(() => ({ done: true, value: undefined }))) as IteratorResult<Buffer>
      this.#reading = false
      if (this.#failure) throw this.#failure
      if (done || this.#stopped) return
      this.#alive = true
      this.#watchdog?.moved()
      try {
        for (const item of this.#scanner.feed(value)) {
          if (item.kind === 'payload') {
            if (this.node.mode === 'batch' && !this.#inputEnded) {
              throw this.#blame(
                'PROTOCOL_VIOLATION',
                'wrote output before its input had ended, though its mode is “batch”.',
              )
            }
            this.#bytesOut += item.bytes.length
            yield item.bytes
          } else if (item.kind === 'error') await this.#take(item.error)
        }
      } catch (error) {
        if (!(error instanceof FrameFault)) throw error
        throw this.#blame('FRAME_TOO_LARGE', faultWords(error))
      }
    }
  }

  async #take(error: PluginError): Promise<void> {
    if (error.fatal) {
      await this.#lastWords(this.#child.exited)
      throw this.#own(error)
    }
    if (++this.#warnings <= MAX_WARNINGS) this.#hooks.onWarning?.(this.node.id, error)
  }

  /** Its frames overtake its log and its exit, which a failure tells, too. @param before what else is waited for */
  async #lastWords(before?: Promise<unknown>): Promise<void> {
    await Promise.race([Promise.all([before, this.#child.logged]), later(LAST_WORDS)])
  }

  /** The output has ended: what the exit says of it, and what was held back until now. */
  async #conclude(): Promise<Buffer[]> {
    const soon = await Promise.race([this.#child.exited.then(() => true), later(2000)])
    if (!soon) {
      const message = 'was still running 2 s after the end of its output, and was ended.'
      this.#hooks.onWarning?.(this.node.id, { code: 'LATE_EXIT', message, fatal: false })
    }
    // Its input is still open when it ended early: closing it is no reproach.
    const exit = await (soon ? this.#child.exited : this.#child.end())
    if (this.#failure) throw this.#failure
    if (this.#stopped) return []
    if (exit === undefined) throw this.#blame('SPAWN_FAILED', spawnWords(this.node.command, this.#child.spawnError))
    // One that had to be ended is no failure: all of its output is here.
    const ending = endingOf(this.#scanner, !soon || exit.code === 0)
    if (ending.kind !== 'complete') await this.#lastWords()
    if (ending.kind === 'reported') throw this.#own(ending.error)
    if (ending.kind === 'partial') throw this.#blame('PARTIAL_FRAME', 'ended its output in the middle of a frame.')
    if (ending.kind === 'unexplained') {
      const words = lastWords(this.#child.log)
      throw this.#blame('INTERNAL_PLUGIN_FAILURE', `${exitWords(exit)}${words ? `: ${words}` : ' and said nothing.'}`)
    }
    return ending.payload ? [ending.payload] : []
  }

  /** Hands over the handshake and the input. Ends quietly when the plugin stops reading. */
  async #feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    const { handshake, mode, maxInputBytes } = this.node
    const json = Buffer.from(JSON.stringify(handshake))
    if (json.length > MAX_HANDSHAKE) {
      throw this.#blame(
        'PROTOCOL_VIOLATION',
        `would get options of ${json.length} bytes; a handshake may have ${MAX_HANDSHAKE}.`,
      )
    }
    await this.#stdin.write(frame(json))
    for await (const piece of input) {
      for (let at = 0; at < piece.length; at += SLICE) {
        const slice = piece.subarray(at, at + SLICE)
        this.#bytesIn += slice.length
        if (mode === 'batch' && this.#bytesIn > maxInputBytes) {
          const limit = maxInputBytes.toLocaleString('en')
          throw this.#blame(
            'INPUT_TOO_LARGE',
            `takes at most ${limit} bytes at once. Split the input, or use another plugin.`,
          )
        }
        await this.#stdin.write(writeHeader(slice.length), slice)
      }
      if (this.#child.isGone || this.#stopped || this.#failure) return
    }
    this.#inputEnded = true
    this.#watchdog?.moved()
    this.#child.stdin.end()
  }

  #own({ code, message }: PluginError): SeamError {
    return pluginFailure(code, `reports: ${message}`, this.#facts())
  }

  #blame(failure: PluginFailure, message: string): SeamError {
    return pluginFailure(failure, message, this.#facts())
  }

  #facts(): FailureFacts {
    const { id, plugin } = this.node
    const { frames, lastLength } = this.#scanner
    return { node: id, plugin, log: this.#child.log, frames, lastFrame: lastLength, exit: this.#child.exit }
  }
}

const later = (milliseconds: number) => new Promise<false>(resolve => setTimeout(resolve, milliseconds, false).unref())

function timeoutWords(failure: PluginFailure, seconds: number): string {
  if (failure === 'PARTIAL_FRAME') return `stopped for ${seconds} s in the middle of a frame.`
  if (failure === 'STARTUP_TIMEOUT') return `has shown no sign of life for ${seconds} s after it was given its input.`
  return `has neither read nor written anything for ${seconds} s.`
}

/** Stray output is the commonest mistake: its first bytes say at once where it comes from. */
function faultWords({ bytes, message }: FrameFault): string {
  const text = strayText(bytes)
  if (text === undefined) return `sent a frame that is too large: ${message}.`
  return `wrote “${text}” where a frame’s length was expected: only frames may go to standard output, everything else to standard error.`
}

/** The first line, when the bytes begin with one. */
function strayText(bytes: Buffer): string | undefined {
  const end = bytes.findIndex(byte => byte < 0x20 && byte !== 0x09)
  const line = (end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
  const letters = [...line].filter(letter => letter !== '\ufffd')
  return letters.length >= 4 && letters.length > 0.8 * [...line].length ? line.slice(0, 40) : undefined
}

function spawnWords({ program, folder }: Command, error: Error | undefined): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOENT')
    return `needs “${program}”, which is not on this machine (or its folder ${folder} is gone). Install it and try again.`
  if (code === 'EACCES')
    return `can’t be started: ${program} is not executable. Make it so (chmod +x), or name an interpreter in plugin.toml.`
  return `can’t be started: ${error?.message ?? 'the system gave no reason'}.`
}
