import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
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
  for (const kind of ['CONFIG', 'STATE', 'CACHE', 'DATA']) env[`XDG_${kind}_HOME`] = join(folder, 'home')
  return {
    folder,
    config: join(folder, 'home', 'voxloom'),
    run: (args, input = '') =>
      new Promise(resolve => {
        const options = { env: { ...env, ...more }, cwd: folder, maxBuffer: 1 << 26 }
        const child = execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        )
        child.stdin!.on('error', () => undefined)
        child.stdin!.end(input)
      }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
