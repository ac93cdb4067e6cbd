import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { onPath } from '../process/on-path.ts'

/** The oldest Python that the SDK runs on. */
export const OLDEST_PYTHON: readonly [major: number, minor: number] = [3, 9]
/** Milliseconds that it may take to say what it is. */
const PATIENCE = 10_000
/** Milliseconds after which a program that said nothing of use is asked again. */
export const ASKED_AGAIN = 60_000
/** Names on the path, best first: the short ones may stand for an old one. */
const NAMES = ['python3', 'python', ...[14, 13, 12, 11, 10, 9].map(minor => `python3.${minor}`)]
const QUESTION = [
  'import sys, sysconfig',
  'print(".".join(map(str, sys.version_info[:3])), sys.implementation.name, sysconfig.get_platform())',
  'print(sys.executable)',
  'print(sys.base_prefix)',
].join('\n')

export interface Python {
  /** The interpreter itself, and not a script that looks for one. */
  readonly program: string
  /** 3.11.7 */
  readonly version: string
  /** Version, kind and platform: packages for one do not fit another. */
  readonly mark: string
  /** Where its own library lies. */
  readonly prefix: string
}

/** What programs said of themselves, by their path and its time of change. */
const known = new Map<string, Python>()
/** When programs that were no Python, or too old, are asked again. */
const failed = new Map<string, number>()

/**
 * A Python that is new enough: the one that was named, by `VOXLOOM_PYTHON` where it is not given, else the first of the
 * path. Undefined when there is none.
 */
export function findPython(named = process.env['VOXLOOM_PYTHON'], path?: string): Python | undefined {
  const candidates = named === undefined || named === '' ? NAMES : [named]
  for (const name of candidates) {
    const program = isAbsolute(name) ? name : onPath(name, path)
    const python = program === undefined ? undefined : ask(program)
    if (python) return python
  }
  return undefined
}

/** Whether it has at least this version. */
export function isAtLeast({ version }: Pick<Python, 'version'>, [major, minor]: readonly [number, number]): boolean {
  const [has = 0, hasMinor = 0] = version.split('.').map(Number)
  return has > major || (has === major && hasMinor >= minor)
}

function ask(program: string): Python | undefined {
  const time = statSync(program, { throwIfNoEntry: false })?.mtimeMs
  if (time === undefined) return undefined
  const key = `${program}\n${time}`
  const before = known.get(key)
  // A version manager's script stays as it is when the Python behind it goes.
  if (before && existsSync(before.program)) return before
  const wait = failed.get(key)
  if (wait !== undefined && performance.now() < wait) return undefined
  const python = answerOf(program)
  if (python) known.set(key, python)
  // On a machine that is busy it may have been too slow; asked each time it would hold up everything.
  else failed.set(key, performance.now() + ASKED_AGAIN)
  return python
}

function answerOf(program: string): Python | undefined {
  const { status, stdout } = spawnSync(program, ['-I', '-c', QUESTION], {
    // A version manager looks for its settings from here upwards.
    cwd: homedir(),
    encoding: 'utf8',
    timeout: PATIENCE,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  })
  const [mark = '', executable = '', prefix = ''] = status === 0 ? stdout.trimEnd().split(/\r?\n/) : []
  const version = /^\d+\.\d+\.\d+/.exec(mark)?.[0]
  if (version === undefined || executable === '' || !isAtLeast({ version }, OLDEST_PYTHON)) return undefined
  return { program: executable, version, mark, prefix }
}

/** @param plugin that needs it */
export function pythonMissing(plugin: string, named = process.env['VOXLOOM_PYTHON']): SeamError {
  const oldest = OLDEST_PYTHON.join('.')
  const which =
    named === undefined || named === ''
      ? `which is not on this machine. ${installHint()}`
      : `and “${named}” (VOXLOOM_PYTHON) is none. Name another one, or leave the setting out.`
  return missing(plugin, `“${plugin}” needs Python ${oldest} or later, ${which}`)
}

/** @param program of the manifest's `interpreter` */
export function interpreterMissing(plugin: string, program: string): SeamError {
  return missing(
    plugin,
    `“${plugin}” needs the program “${program}”, which is not on this machine. Install it, see to it that it is on the PATH, and start the plugin again.`,
  )
}

function installHint(): string {
  if (process.platform === 'linux') {
    return 'Install the packages python3 and python3-venv (sudo apt install python3 python3-venv, or as your system does it), and start the plugin again.'
  }
  if (process.platform === 'darwin') return 'Install it (brew install python3), and start the plugin again.'
  return 'Install it from https://www.python.org/downloads/, and start the plugin again.'
}

const missing = (plugin: string, message: string) =>
  new SeamError('unsupported', message, { retryable: true, details: { failure: 'INTERPRETER_MISSING', plugin } })
