import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SeamError } from '#protocol/errors.ts'

/**
 * Makes this process the only daemon of a state folder: two would take each other's jobs. The lock is the system's, held
 * through an open transaction, so that a daemon that is killed lets go of it.
 * @returns an end to it @throws SeamError conflict
 */
export function becomeSole(stateFolder: string): () => void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(join(stateFolder, 'daemon.lock'), { timeout: 500 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new SeamError(
      'conflict',
      `Another companion works with ${stateFolder} already. Stop it first, or give this one a state folder of its own with XDG_STATE_HOME.`,
      { cause },
    )
  }
  return () => db.close()
}
