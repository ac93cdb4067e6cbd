import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const script = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Where a command runs, and as whom. */
export interface CommandPlace {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid?: number
}

/** Runs the command line as a whole process. @param input what it reads */
export function runCommand(args: readonly string[], place: CommandPlace, input = ''): Promise<Outcome> {
  return new Promise(resolve => {
    const options = { ...place, maxBuffer: 1 << 26 }
    const child = execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin!.on('error', () => undefined)
    child.stdin!.end(input)
  })
}

/** A place where commands find the token and the port of a test's companion. */
export function placeBeside({ folder, port }: { readonly folder: string; readonly port: number }): CommandPlace {
  const home = join(folder, 'home')
  const cwd = join(folder, 'work')
  mkdirSync(home)
  mkdirSync(cwd)
  symlinkSync(join(folder, 'state'), join(home, 'voxloom'))
  const env = { XDG_STATE_HOME: home, XDG_CONFIG_HOME: cwd, VOXLOOM_PORT: String(port), NO_COLOR: '1' }
  return { cwd, env: { ...process.env, ...env } }
}

/** A home of its own for the command line, where commands run as whole processes. */
export interface CommandHome {
  readonly folder: string
  /** Where its settings lie. */
  readonly config: string
  run(args: readonly string[], input?: string): Promise<Outcome>
  close(): void
}

/** @param more variables of the environment */
export function openCommandHome(more: Readonly<Record<string, string | undefined>> = {}): CommandHome {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-home-'))
  const env: Record<string, string | undefined> = { ...process.env, NO_COLOR: '1' }
  for (const kind of ['CONFIG', 'STATE', 'DATA']) env[`XDG_${kind}_HOME`] = join(folder, 'home')
  env['XDG_CACHE_HOME'] = join(folder, 'cache')
  return {
    folder,
    config: join(folder, 'home', 'voxloom'),
    run: (args, input) => runCommand(args, { env: { ...env, ...more }, cwd: folder }, input),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
