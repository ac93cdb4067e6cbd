import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ContractManifest } from './manifest.ts'

export type ContractLanguage = 'python' | 'node' | 'program'

/** What a manifest's `entry_point` leads to. */
export interface EntryPoint {
  /** By which it is started: the Python SDK, this Node, or the program as it is. */
  readonly language: ContractLanguage
  /** Where the file was looked for; the first is taken that is there. Relative to the folder. */
  readonly files: readonly string[]
  /** The file that is there. */
  readonly file?: string
}

type Given = Pick<ContractManifest, 'entryPoint' | 'interpreter' | 'build'>

/**
 * A file of the folder is what its ending says; a name without one that is no file there is a module of Python. With
 * an interpreter it is that program's file, whatever its ending.
 */
export function entryPointOf({ entryPoint, interpreter, build }: Given, folder: string): EntryPoint {
  const [program] = interpreter
  if (program !== undefined) return lookFor(program === 'node' ? 'node' : 'program', [entryPoint], folder)
  if (/\.[cm]?[jt]s$/.test(entryPoint)) return lookFor('node', [entryPoint], folder)
  if (entryPoint.endsWith('.py')) return lookFor('python', [entryPoint], folder)
  const isModule = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(entryPoint)
  if (!isModule || isFile(join(folder, entryPoint))) return lookFor('program', [entryPoint], folder)
  const path = entryPoint.replaceAll('.', '/')
  const module = lookFor('python', [`${path}.py`, `${path}/__init__.py`], folder)
  if (module.file !== undefined || /\W|^__/.test(entryPoint)) return module
  // Nobody can tell what it is to become; what is built is a program, mostly.
  return { language: build ? 'program' : 'python', files: [entryPoint, ...module.files] }
}

/** Whether the system would start it by itself. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function lookFor(language: ContractLanguage, files: readonly string[], folder: string): EntryPoint {
  const file = files.find(path => isFile(join(folder, path)))
  return { language, files, ...(file !== undefined && { file }) }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
