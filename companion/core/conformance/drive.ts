import { setTimeout as wait } from 'node:timers/promises'
import type { Handshake } from '#protocol/plugin-manifest.ts'
import { FrameFault, FrameScanner } from '../frames/scanner.ts'
import { frame } from '../frames/frame.ts'
import type { PluginError } from '../frames/error-frame.ts'
import { Child, type Command, type Exit } from '../process/child.ts'

/** One thing done to a plugin's standard input. */
export type Step =
  | { readonly write: Uint8Array }
  /** Milliseconds; less when only output was waited for and came. */
  | { readonly wait: number; readonly forOutput?: boolean }
  | 'end'

export interface DriveOptions {
  /** Milliseconds after which the plugin is ended. */
  readonly limit: number
  /** Milliseconds for which its output is not read. */
  readonly deaf?: number
  /** Ends it by a signal once all steps are done. */
  readonly signal?: 'SIGTERM'
  readonly abort?: AbortSignal
}

/** What a plugin did. */
export interface Driven {
  readonly payload: Buffer
  readonly errors: readonly PluginError[]
  /** Frames of errors without the mark that are the last of a failed run. */
  readonly unmarked: PluginError | undefined
  readonly fault: FrameFault | undefined
  readonly endedInsideFrame: boolean
  /** Bytes of payload that came before the end of the input was sent. */
  readonly early: number
  readonly exit: Exit | undefined
  /** Whether it had to be ended. */
  readonly late: boolean
  /** Milliseconds from the end of its input, or from the signal, to its exit. */
  readonly took: number
  /** Milliseconds from the end of its output to its exit. */
  readonly lingered: number
  /** Numbers of processes of its group that were left when it had gone. Linux only. */
  readonly left: readonly number[]
  readonly log: string
}

export const handshakeFrame = (handshake: Handshake | Record<string, unknown>): Buffer =>
  frame(JSON.stringify(handshake))

/** Milliseconds that a plugin's own programs have to end after it. */
const GRACE = 1000

/** Starts a plugin, does `steps`, and tells what happened. Nothing is left of it afterwards. */
export async function drive(command: Command, steps: readonly Step[], options: DriveOptions): Promise<Driven> {
  const child = new Child(command, { reapOnExit: false })
  const state: Reading = { pieces: [], errors: [], fault: undefined, early: 0, ended: 0, size: 0 }
  const scanner = new FrameScanner()
  let inputEnded = 0
  const limit = setTimeout(() => void child.end(), options.limit)
  const stop = () => void child.end()
  options.abort?.addEventListener('abort', stop, { once: true })
  const feeding = feed(child, steps, state, () => (inputEnded = performance.now())).then(() => {
    if (options.signal && child.pid !== undefined) {
      inputEnded = performance.now()
      child.signal(options.signal)
    }
  })
  const reading = readAll(child, scanner, state, () => inputEnded > 0, options.deaf ?? 0)
  const exit = await child.exited
  const gone = performance.now()
  clearTimeout(limit)
  options.abort?.removeEventListener('abort', stop)
  // Programs that were told to end need a moment for it.
  for (const until = gone + GRACE; child.membersLeft().length > 0 && performance.now() < until;) await wait(20)
  const left = child.membersLeft()
  child.signal('SIGKILL')
  await Promise.race([reading, wait((options.deaf ?? 0) + 500)])
  await child.end()
  await feeding
  const held = scanner.takeHeld()
  const failed = exit?.code !== 0
  if (held && !failed) state.pieces.push(held.bytes)
  return {
    payload: Buffer.concat(state.pieces),
    errors: state.errors,
    unmarked: failed ? held?.error : undefined,
    fault: state.fault,
    endedInsideFrame: scanner.insideFrame,
    early: state.early,
    exit,
    late: child.wasEnded,
    took: inputEnded === 0 ? 0 : gone - inputEnded,
    lingered: state.ended === 0 ? 0 : Math.max(0, gone - state.ended),
    left,
    log: child.log,
  }
}

interface Reading {
  readonly pieces: Buffer[]
  readonly errors: PluginError[]
  fault: FrameFault | undefined
  early: number
  /** When the output ended. */
  ended: number
  size: number
}

/** Output kept for comparison, bytes. */
const MAX_KEPT = 64 * 1024 * 1024

async function readAll(child: Child, scanner: FrameScanner, state: Reading, inputEnded: () => boolean, deaf: number) {
  if (deaf > 0) await wait(deaf)
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      if (state.fault) continue
      for (const item of scanner.feed(chunk)) {
        if (item.kind === 'error') state.errors.push(item.error)
        if (item.kind !== 'payload') continue
        if (!inputEnded()) state.early += item.bytes.length
        state.size += item.bytes.length
        if (state.size <= MAX_KEPT) state.pieces.push(Buffer.from(item.bytes))
      }
    }
    state.ended = performance.now()
  } catch (error) {
    if (error instanceof FrameFault) state.fault = error
    // The pipe of a process that was ended: its exit tells the rest.
  }
}

async function feed(child: Child, steps: readonly Step[], state: Reading, ended: () => void): Promise<void> {
  const { stdin } = child
  for (const step of steps) {
    if (child.isGone) return
    if (step === 'end') {
      ended()
      stdin.end()
    } else if ('wait' in step) {
      const until = performance.now() + step.wait
      while (performance.now() < until && !child.isGone && !(step.forOutput && state.early > 0)) {
        await Promise.race([wait(Math.min(100, step.wait)), child.exited])
      }
    } else if (stdin.writable && !stdin.write(step.write)) {
      await Promise.race([new Promise(resolve => stdin.once('drain', resolve)), child.exited])
    }
  }
}
