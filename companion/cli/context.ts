import type { ArgsDef } from 'citty'
import { loadConfig, type Config, type Flag } from '../core/config/load.ts'
import type { SettingKey } from '../core/config/settings.ts'
import { openLog, type Log } from '../core/log.ts'
import { ModelStore } from '../core/models/store.ts'
import { EXIT } from './exit.ts'

/** Options of every command. */
export const globalArgs = {
  'config-file': { type: 'string', alias: 'c', description: 'read this configuration file', valueHint: 'FILE' },
  'log-level': { type: 'string', description: 'trace, debug, info, warn, error, fatal or silent', valueHint: 'LEVEL' },
  'log-file': { type: 'string', description: 'log here, rotated, instead of to the terminal', valueHint: 'FILE' },
  json: { type: 'boolean', description: 'print data as JSON' },
} as const satisfies ArgsDef

/** What a command works with. */
export interface Context {
  readonly config: Config
  readonly log: Log
  readonly models: ModelStore
  readonly json: boolean
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal
}

type Values = Readonly<Record<string, unknown>>

/** Reads the configuration for a command. `flags` names which options of the command line are settings. */
export async function openContext(args: Values, flags: Readonly<Record<string, SettingKey>> = {}): Promise<Context> {
  const given: Partial<Record<SettingKey, Flag>> = {}
  for (const [flag, key] of Object.entries({ ...flags, 'log-level': 'log.level', 'log-file': 'log.file' } as const)) {
    if (args[flag] !== undefined) given[key as SettingKey] = { name: `--${flag}`, value: args[flag] }
  }
  const config = loadConfig({ flags: given, file: args['config-file'] as string | undefined })
  const { settings } = config
  return {
    config,
    log: await openLog({ level: settings['log.level']!, file: settings['log.file'] }),
    models: new ModelStore({ folder: config.models, hub: { base: settings['models.hub']! } }),
    json: args.json === true,
    signal: interruption.signal,
  }
}

const interruption = new AbortController()
let code: number = EXIT.interrupted

/** The code to end with when the work was stopped from outside; undefined when it was not. */
export function interruptedWith(): number | undefined {
  return interruption.signal.aborted ? code : undefined
}

/** The output can't be written any more: the work stops in good order, and the process ends with `exit`. */
export function stopWith(exit: number): void {
  if (interruption.signal.aborted) return
  code = exit
  interruption.abort()
  // For a command that does not look at the signal.
  setTimeout(() => process.exit(exit), 10_000).unref()
}

/** The first Ctrl-C stops the work in good order, the second at once. */
export function catchSignals(): void {
  for (const [name, number] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
    // The terminal was closed; on Windows, its window.
    ['SIGHUP', EXIT.terminated],
  ] as const) {
    process.on(name, () => {
      if (interruption.signal.aborted) process.exit(number)
      code = number
      interruption.abort()
    })
  }
}
