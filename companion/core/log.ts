import { mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import pino, { type Logger } from 'pino'
import roll from 'pino-roll'
import { fileError } from './models/files.ts'
import type { LogLevel } from './config/settings.ts'

export interface LogOptions {
  readonly level: LogLevel
  /** Rotated at 5 MB, five files kept; the terminal's error stream when absent. */
  readonly file?: string | undefined
}

export interface Log {
  readonly logger: Logger
  /** Writes what is still held back. */
  close(): Promise<void>
}

/** JSON lines, never on standard output: that one is for data. @throws SeamError when the file can't be written */
export async function openLog({ level, file }: LogOptions): Promise<Log> {
  const options = { level, base: null, redact: ['req.headers.authorization', 'req.headers.cookie'] }
  if (file === undefined)
    return { logger: pino(options, pino.destination({ fd: 2, sync: true })), close: async () => {} }
  const path = resolve(file)
  try {
    mkdirSync(dirname(path), { recursive: true })
    // Named once here, so that an unwritable place is a sentence now rather than an event later.
    const stream = await roll({ file: path, size: '5m', limit: { count: 4 } })
    stream.on('error', () => undefined)
    return {
      logger: pino(options, stream),
      close: () =>
        new Promise(done => {
          stream.once('close', done)
          stream.end()
        }),
    }
  } catch (error) {
    throw fileError(error, `${dirname(path)}/${basename(path)}`, 'write')
  }
}
