import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path'
import type { Command } from '../process/child.ts'

/** Folders that programs and their libraries lie in. Some are links into /usr, and stay links. */
export const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/**
 * The program that is started inside. Version managers put scripts on the path that read half a home before they start
 * an interpreter; the system's own is taken in place of such a script.
 */
export function sandboxProgram({ program, folder }: Command): string {
  // One that is named by a relative path lies in the plugin's folder, from which it would have been started.
  if (!program.startsWith('/')) return program.includes('/') ? resolve(folder, program) : program
  if (program.startsWith(folder + sep) || isSystem(dirname(program)) || !isScript(program)) return program
  const others = ['/usr/local/bin', '/usr/bin', '/bin'].map(path => join(path, basename(program)))
  return others.find(isExecutable) ?? program
}

/**
 * What must be seen of an interpreter that lies outside of the system's folders. Only one that the path leads to counts:
 * a manifest may name any file, and must not open a folder by that.
 */
export function programFolders({ program, folder }: Command): string[] {
  if (!program.startsWith('/') || program.startsWith(folder + sep)) return []
  if (program === process.execPath) return isSystem(dirname(program)) ? [] : [dirname(program)]
  if (!(process.env['PATH'] ?? '').split(delimiter).includes(dirname(program))) return []
  const real = realPath(program)
  const folders = [
    dirname(program),
    dirname(real),
    prefixOf(real),
    isFile(join(prefixOf(program), 'pyvenv.cfg')) && prefixOf(program),
  ]
  return openFolders(folders.filter(path => path !== false))
}

/** Those of `folders` that may be shown, and are not shown anyway. */
export const openFolders = (folders: readonly string[]): string[] =>
  [...new Set(folders)].filter(path => !isSystem(path) && !isPersonal(path))

/** An installation has folders `bin` and `lib` beside each other. */
const prefixOf = (program: string) =>
  basename(dirname(program)) === 'bin' ? dirname(dirname(program)) : dirname(program)

const isSystem = (folder: string) => [...SYSTEM, '/usr'].some(path => folder === path || folder.startsWith(path + sep))

/** A home, what is above one, and what programs keep in one. */
function isPersonal(folder: string): boolean {
  if (folder === '/') return true
  return [homedir(), realPath(homedir())].some(
    home => `${home}${sep}`.startsWith(`${folder}${sep}`) || folder === join(home, '.local'),
  )
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isScript(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const begin = Buffer.alloc(2)
      return readSync(file, begin, 0, 2, 0) === 2 && begin.toString('latin1') === '#!'
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return isFile(path)
  } catch {
    return false
  }
}
