import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Writable } from 'node:stream'
import { PluginError } from './errors.ts'

/** What a program wrote to standard error last, bytes kept. */
const TAIL = 4096

/** Where a program lies, by `PATH`; undefined when it is not on this machine. */
export function findProgram(name: string): string | undefined {
  const windows = process.platform === 'win32'
  const endings = windows ? (process.env['PATHEXT'] ?? '.EXE;.CMD').split(';') : ['']
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder || '.', name + ending)
      try {
        accessSync(path, windows ? constants.F_OK : constants.X_OK)
        if (statSync(path).isFile()) return path
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined
}

export interface ProgramRun {
  readonly program: string
  readonly args: readonly string[]
  /** What it reads; nothing when absent. Only as much is taken from it as the program has room for. */
  readonly input?: AsyncIterable<Uint8Array>
  /** Takes what it writes. It is held up until this resolves. */
  readonly output?: (bytes: Buffer) => Promise<void>
  readonly signal?: AbortSignal
}

/**
 * Runs a program between `input` and `output`, and ends it whatever goes wrong, this process's own end included.
 * @throws PluginError PROGRAM_FAILED with the end of its standard error; whatever `input` or `output` throws
 */
export async function runProgram({ program, args, input, output, signal }: ProgramRun): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const kill = () => void child.kill('SIGKILL')
  signal?.addEventListener('abort', kill)
  process.on('exit', kill)
  const tail = keepTail(child)
  // A program that stops reading says why by its exit.
  child.stdin.on('error', () => undefined)
  const ended = exitOf(child)
  const feeding = feed(child.stdin, input)
  // It may still wait for input when the program is gone.
  feeding.catch(() => undefined)
  const draining = (async () => {
    for await (const bytes of child.stdout) await output?.(bytes as Buffer)
  })()
  try {
    await Promise.all([Promise.race([feeding, ended]), draining])
    const words = await ended
    if (words !== undefined) {
      const said = tail()
      throw new PluginError('PROGRAM_FAILED', `${program} ${words}${said ? `: ${said}` : ' and said nothing.'}`)
    }
  } catch (error) {
    kill()
    throw error
  } finally {
    await ended
    signal?.removeEventListener('abort', kill)
    process.off('exit', kill)
  }
}

/** Undefined when all went well, otherwise how it ended, in words. */
function exitOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise(resolve => {
    child.once('error', error => resolve(`can’t be started (${error.message})`))
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : code === null ? `was ended by ${signal}` : `ended with exit code ${code}`)
    })
  })
}

async function feed(stdin: Writable, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (input) {
    for await (const piece of input) {
      if (!stdin.writable) return
      if (stdin.write(piece)) continue
      await new Promise<void>(resolve => {
        const go = () => {
          for (const event of ['drain', 'close', 'error']) stdin.off(event, go)
          resolve()
        }
        for (const event of ['drain', 'close', 'error']) stdin.on(event, go)
        if (!stdin.writable) go()
      })
    }
  }
  stdin.end()
}

function keepTail(child: ChildProcess): () => string {
  let kept = Buffer.alloc(0)
  child.stderr!.on('data', (chunk: Buffer) => (kept = Buffer.concat([kept, chunk]).subarray(-TAIL)))
  return () => kept.toString('utf8').trim().split('\n').slice(-3).join(' ').trim()
}

/** A folder for temporary files, removed when the process ends, whichever way. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
