import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { groupMembers, type ProcessLedger } from './ledger.ts'
import { LogTail } from './tail.ts'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** How a process ended: one of the two is set. */
export interface Exit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

export interface ChildOptions {
  readonly onLine?: (line: string) => void
  readonly ledger?: ProcessLedger
  /** False leaves its children to the caller when it exits by itself. */
  readonly reapOnExit?: boolean
}

/** Milliseconds between closing the input, SIGTERM and SIGKILL. */
const PATIENCE = 2000
const STDERR_KEPT = 64 * 1024

/**
 * A program in a process group of its own, so that whatever it starts ends with it. Its standard error is read all the
 * time; input and output are the caller's.
 */
export class Child {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly pid: number | undefined
  /** Settles when the process is gone; never rejects. Undefined when it could not be started. */
  readonly exited: Promise<Exit | undefined>
  /** Settles when all that it wrote to standard error was read; late, or never, while a program of its holds that open. */
  readonly logged: Promise<void>
  /** Why it could not be started. */
  spawnError: Error | undefined
  /** How it ended, once it has. */
  exit: Exit | undefined
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #tail: LogTail
  #ending: Promise<Exit | undefined> | undefined
  #gone = false

  /** Whether `end` had to be called before it went by itself. */
  wasEnded = false

  constructor(command: Command, options: ChildOptions = {}) {
    this.#tail = new LogTail(STDERR_KEPT, options.onLine)
    this.#process = spawn(command.program, command.args, {
      cwd: command.folder,
      env: { ...command.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    // Too many open files: then there are not even pipes, though their type says so.
    const { stdin = none(), stdout = none(), stderr = none(), pid } = this.#process
    this.stdin = stdin
    this.stdout = stdout
    this.pid = pid
    if (pid !== undefined) options.ledger?.note(pid)
    // A reader that went away is seen by its exit.
    stdin.on('error', () => {})
    stdout.on('error', () => {})
    stderr.on('error', () => {})
    stderr.on('data', (chunk: Buffer) => this.#tail.add(chunk))
    this.logged = new Promise(resolve => stderr.once('close', resolve))
    stderr.on('end', () => this.#tail.end())
    this.exited = new Promise(resolve => {
      this.#process.once('error', error => {
        if (this.#process.pid !== undefined) return
        this.spawnError = error
        this.#gone = true
        resolve(undefined)
      })
      // Not `close`: a grandchild may hold the pipes open for ever.
      this.#process.once('exit', (code, signal) => {
        this.#gone = true
        if (options.reapOnExit !== false) this.signal('SIGKILL')
        if (pid !== undefined) options.ledger?.forget(pid)
        this.exit = { code: code ?? undefined, signal: signal ?? undefined }
        resolve(this.exit)
      })
    })
  }

  /** The end of what it wrote to standard error. */
  get log(): string {
    return this.#tail.text
  }

  get isGone(): boolean {
    return this.#gone
  }

  /** Ends it in good order: end of input, 2 s, SIGTERM, 2 s, SIGKILL, each to the whole group. */
  end(): Promise<Exit | undefined> {
    if (!this.#gone) this.wasEnded = true
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<Exit | undefined> {
    this.stdin.destroy()
    // A program that is blocked in writing would never see the end of its input.
    this.stdout.destroy()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await this.#isGoneWithin(PATIENCE)) break
      this.signal(signal)
    }
    return this.exited
  }

  async #isGoneWithin(milliseconds: number): Promise<boolean> {
    const abort = new AbortController()
    const late = wait(milliseconds, undefined, { signal: abort.signal, ref: true }).catch(() => undefined)
    await Promise.race([this.exited, late])
    abort.abort()
    return this.#gone
  }

  /** Processes of its group, itself included while it lives. Linux only; none elsewhere. */
  membersLeft(): number[] {
    return this.pid === undefined ? [] : groupMembers(this.pid)
  }

  /** To the whole group. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.pid === undefined) return
    try {
      if (process.platform === 'win32') {
        if (!this.#gone)
          spawn('taskkill', ['/pid', String(this.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
      } else process.kill(-this.pid, signal)
    } catch {
      // Nobody of the group is left.
    }
  }
}

/** A pipe that was never there: at its end from the beginning. */
const none = () => new PassThrough().end()
