import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

const ENDINGS = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : ['']

/**
 * Where a program lies, by `PATH`; undefined when it is not on this machine. Absolute folders alone: what a relative one
 * holds depends on where somebody happens to be.
 */
export function onPath(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  if (/[\\/]/.test(name)) return undefined
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    for (const ending of ENDINGS) {
      const program = join(folder, name + ending)
      try {
        accessSync(program, constants.X_OK)
        if (statSync(program).isFile()) return program
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined
}
