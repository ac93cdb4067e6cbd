import { delimiter, join } from 'node:path'
import { productRoot } from '../paths.ts'
import type { Command } from '../process/child.ts'
import { isAtLeast, type Python } from './interpreter.ts'

/** What Python plugins import of Voxloom lies here. */
export const PYTHON_SDK = join(productRoot, 'plugins', 'sdk', 'python')

/** The first Python that can be told to leave the working folder out of where it looks for modules. */
const SAFE_PATH: readonly [number, number] = [3, 11]

interface HostCommand {
  readonly program: string
  /** Of which kind `program` is. */
  readonly python: Pick<Python, 'version'>
  readonly args: readonly string[]
  /** Of the plugin. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** Starts the SDK's host, `python -m plugins._host`, in a plugin's folder. */
export function hostCommand({ program, python, args, folder, env }: HostCommand): Command {
  // A file of the plugin must not stand in the way of one of Python's own, or of the SDK's.
  const safe = isAtLeast(python, SAFE_PATH) ? ['-P'] : []
  return {
    program,
    args: [...safe, '-m', 'plugins._host', ...args],
    folder,
    env: {
      ...env,
      PYTHONPATH: [PYTHON_SDK, env['PYTHONPATH']].filter(Boolean).join(delimiter),
      // The folder changes only when its owner changes it.
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
    },
  }
}
