import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './models.ts'

export interface Ran {
  readonly code: number
  /** Standard output and standard error, as they came. */
  readonly output: string
}

/** Runs a program to its end. One that can't be started ends with 127. */
export async function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder = root,
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)))
  const ended = once(child, 'close').catch(error => {
    output = String(error)
    return [127]
  })
  const [code] = (await ended) as [number | null]
  return { code: code ?? 1, output }
}

/**
 * A virtual environment with just the versions of a list, made once and kept under `.cache`.
 * @param name of its folder
 * @param requirements a file of `pip freeze`
 * @returns the folder of its programs @throws Error with what pip said
 */
export async function pythonWith(name: string, requirements: string): Promise<string> {
  const home = join(root, '.cache', name)
  await mkdir(home, { recursive: true })
  const bin = join(home, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin')
  const wanted = await readFile(requirements, 'utf8')
  const mark = join(home, 'installed.txt')
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return bin
  await rm(join(home, 'venv'), { recursive: true, force: true })
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', join(home, 'venv')],
    [join(bin, 'python'), '-m', 'pip', 'install', '-q', '--no-deps', '-r', requirements],
  ] as const) {
    const { code, output } = await runProgram(command, args)
    if (code !== 0) throw new Error(`${name} could not be installed: ${command} ended with ${code}.\n${output}`)
  }
  await writeFile(mark, wanted)
  return bin
}
