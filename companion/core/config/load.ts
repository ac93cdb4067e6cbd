import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { parse, TomlError } from 'smol-toml'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../models/files.ts'
import { nearest } from '../nearest.ts'
import { isCheckout, productRoot, userFolders, type UserFolders } from '../paths.ts'
import { readSetting, SETTING_KEYS, SETTINGS, type SettingKey, type Settings, type SettingValue } from './settings.ts'

type SettingSource = 'flag' | 'environment' | 'file' | 'default'

export interface Config {
  readonly settings: Settings
  readonly sources: Readonly<Record<SettingKey, SettingSource>>
  /** The file that was read, or would be: `config.toml` of the user's configuration folder, or what `-c` named. */
  readonly file: string
  readonly folders: UserFolders
  /** Where weights lie. */
  readonly models: string
}

/** A setting that the command line gives. */
export interface Flag {
  /** As it was typed: `--port`. */
  readonly name: string
  readonly value: unknown
}

export interface ConfigInput {
  readonly flags?: Partial<Record<SettingKey, Flag>>
  /** `-c`: this file, which then must exist. */
  readonly file?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where `.env` is looked for. */
  readonly cwd?: string
}

/** Flag > environment (`.env` read) > file > default. @throws SeamError bad-input, not-found, refused */
export function loadConfig(input: ConfigInput = {}): Config {
  const env = { ...dotenv(input.cwd ?? process.cwd()), ...(input.env ?? process.env) }
  const folders = userFolders(env)
  const named = input.file ?? (env.VOXLOOM_CONFIG || undefined)
  const file = resolve(named ?? join(folders.config, 'config.toml'))
  const fromFile = readConfigFile(file, named !== undefined)
  const settings: Partial<Record<SettingKey, SettingValue | undefined>> = {}
  const sources: Partial<Record<SettingKey, SettingSource>> = {}
  for (const key of SETTING_KEYS) {
    const { env: variable, fallback } = SETTINGS[key]
    const flag = input.flags?.[key]
    if (flag !== undefined) {
      settings[key] = readSetting(key, flag.value, flag.name)
      sources[key] = 'flag'
    } else if (env[variable]) {
      settings[key] = readSetting(key, env[variable], variable)
      sources[key] = 'environment'
    } else if (fromFile.has(key)) {
      settings[key] = fromFile.get(key)
      sources[key] = 'file'
    } else {
      settings[key] = fallback
      sources[key] = 'default'
    }
  }
  const all = settings as Settings
  const models = all['models.folder'] ?? (isCheckout() ? join(productRoot, 'models') : join(folders.data, 'models'))
  return {
    settings: all,
    sources: sources as Record<SettingKey, SettingSource>,
    file,
    folders,
    models: resolve(models),
  }
}

/** Checked settings of a file; none when it does not exist and need not. @throws SeamError bad-input, not-found */
function readConfigFile(file: string, mustExist: boolean): ReadonlyMap<SettingKey, SettingValue> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error) && !mustExist) return new Map()
    throw fileError(error, file, 'read')
  }
  return checkConfig(text, file)
}

/** @throws SeamError bad-input, naming the place */
export function checkConfig(text: string, file: string): ReadonlyMap<SettingKey, SettingValue> {
  const found = new Map<SettingKey, SettingValue>()
  let tables: Record<string, unknown>
  try {
    tables = parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = error.message.split('\n')[0]
    throw new SeamError('bad-input', `${file} can’t be read: line ${error.line}, column ${error.column}: ${why}`)
  }
  for (const [table, values] of Object.entries(tables)) {
    const pairs: [string, unknown][] =
      values && typeof values === 'object' && !Array.isArray(values)
        ? Object.entries(values).map(([name, value]) => [`${table}.${name}`, value])
        : [[table, values]]
    for (const [key, value] of pairs)
      found.set(knownKey(key, `${file}: `), readSetting(knownKey(key), value, `${file}: ${key}`))
  }
  return found
}

/** @throws SeamError not-found, with the nearest key */
export function knownKey(key: string, where = ''): SettingKey {
  const known = SETTING_KEYS.find(candidate => candidate === key)
  if (known) return known
  const meant = nearest(key, SETTING_KEYS)
  const hint = meant ? `Did you mean “${meant}”?` : `There are ${SETTING_KEYS.join(', ')}.`
  throw new SeamError('bad-input', `${where}There is no setting “${key}”. ${hint}`)
}

/** Variables that say which plugins run, and on what; or which file does. */
const OF_PLUGINS: ReadonlySet<string> = new Set([
  'VOXLOOM_CONFIG',
  ...SETTING_KEYS.filter(key => key.startsWith('plugins.')).map(key => SETTINGS[key].env),
])

/**
 * Our variables of `.env`; the file's other secrets are none of our business. Which programs are run, and with which
 * rights, is not for a folder to say that somebody only walked into.
 */
function dotenv(folder: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(join(folder, '.env'), 'utf8')
  } catch {
    return {}
  }
  const isOurs = (name: string) => name.startsWith('VOXLOOM_') && !OF_PLUGINS.has(name)
  return Object.fromEntries(Object.entries(parseEnv(text)).filter((pair): pair is [string, string] => isOurs(pair[0])))
}
