import { tmpdir } from 'node:os'
import { SeamError } from '#protocol/errors.ts'
import { Child } from '../process/child.ts'
import type { SoundProgram } from './programs.ts'

/** A program that finds its sound server as the user’s own programs do. */
export function startSound({ path, args }: SoundProgram): Child {
  const env = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new Child({ program: path, args, folder: tmpdir(), env: Object.fromEntries(env) })
}

/** @param what can’t be done, as the beginning of a sentence */
export function soundFailure({ name, kind }: SoundProgram, child: Child, what: string): SeamError {
  const said = child.spawnError?.message ?? child.log.split('\n').slice(-2).join(' ').trim()
  return new SeamError(
    'engine',
    `${what}: ${name} ended${said ? ` and says: ${said}` : ''}. Look at the system’s sound settings, or choose other programs than ${kind} with --sound.`,
  )
}
