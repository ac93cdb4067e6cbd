import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readJsonFile, writeJsonFile } from '../core/install/json-file.ts'

const noted = z.object({ port: z.int().min(1).max(65_535) })

const fileIn = (stateFolder: string) => join(stateFolder, 'companion.json')

/** Where the companion of a state folder listens, for commands that nobody told it: there is one of each folder. */
export function notePort(stateFolder: string, port: number): void {
  try {
    writeJsonFile(fileIn(stateFolder), { port })
  } catch {
    // Without the note commands take the port of the settings, or the one that they are given.
  }
}

export function forgetPort(stateFolder: string): void {
  rmSync(fileIn(stateFolder), { force: true })
}

/** What was noted last; one that was killed has left its port behind. */
export function notedPort(stateFolder: string): number | undefined {
  try {
    return noted.safeParse(readJsonFile(fileIn(stateFolder))).data?.port
  } catch {
    return undefined
  }
}
