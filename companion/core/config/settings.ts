import { isIP } from 'node:net'
import { delimiter } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { DEFAULT_PORT } from '#protocol/routes.ts'
import { DEFAULT_HUB } from '../models/hub.ts'

export type SettingValue = string | number | boolean

interface Setting<Value extends SettingValue> {
  /** The variable of the environment. */
  readonly env: string
  readonly fallback: Value | undefined
  readonly about: string
  /** The value as it should be, or undefined when it can't be used. Text comes from flags and the environment. */
  readonly read: (value: unknown) => Value | undefined
  /** What `read` accepts, to end the sentence “… must be”. */
  readonly expects: string
}

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined

const truth = (value: unknown) => {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (/^(true|yes|on|1)$/i.test(value)) return true
  return /^(false|no|off|0)$/i.test(value) ? false : undefined
}

const numberBetween = (low: number, high: number, whole: boolean) => (value: unknown) => {
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof given !== 'number' || !(given >= low && given <= high)) return undefined
  return whole && !Number.isInteger(given) ? undefined : given
}

const oneOf =
  <const Choice extends string>(...choices: Choice[]) =>
  (value: unknown) =>
    choices.find(choice => choice === value)

const url = (value: unknown) =>
  typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? value : undefined

const setting = <Value extends SettingValue>(definition: Setting<Value>) => definition

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const SANDBOX_RULES = ['installed', 'all', 'none'] as const
/** Which plugins run in a sandbox: those that were installed from an archive, all, or none. */
export type SandboxRule = (typeof SANDBOX_RULES)[number]

/** Every setting, by its key in the file: `server.port` is `port` in the table `[server]`. */
export const SETTINGS = {
  'server.port': setting<number>({
    env: 'VOXLOOM_PORT',
    fallback: DEFAULT_PORT,
    about: 'port of the companion on 127.0.0.1 and ::1',
    read: numberBetween(0, 65_535, true),
    expects: 'a whole number from 0 (any free port) to 65535',
  }),
  'server.open': setting<boolean>({
    env: 'VOXLOOM_OPEN',
    fallback: true,
    about: 'open the page in the browser at the start',
    read: truth,
    expects: 'true or false',
  }),
  'models.folder': setting<string>({
    env: 'VOXLOOM_MODELS',
    fallback: undefined,
    about: 'folder of the weights',
    read: text,
    expects: 'a path',
  }),
  'models.hub': setting<string>({
    env: 'VOXLOOM_HUB',
    fallback: DEFAULT_HUB,
    about: 'address of the model hub',
    read: url,
    expects: 'an address that begins with https:// (or http://)',
  }),
  'plugins.folders': setting<string>({
    env: 'VOXLOOM_PLUGINS',
    fallback: undefined,
    about: `folders of plugins besides Voxloom’s own, with “${delimiter}” between them`,
    read: text,
    expects: 'a path, or several',
  }),
  'plugins.sandbox': setting<SandboxRule>({
    env: 'VOXLOOM_PLUGINS_SANDBOX',
    fallback: 'installed',
    about: `which plugins run in a sandbox: ${SANDBOX_RULES.join(', ')}`,
    read: oneOf(...SANDBOX_RULES),
    expects: `one of ${SANDBOX_RULES.join(', ')}`,
  }),
  'plugins.max-memory': setting<number>({
    env: 'VOXLOOM_PLUGINS_MAX_MEMORY',
    fallback: 0,
    about: 'address space of a process of a plugin, MiB; 0: no limit',
    read: numberBetween(0, 16_777_216, true),
    expects: 'a whole number from 0 (no limit) to 16777216',
  }),
  'plugins.max-cpu': setting<number>({
    env: 'VOXLOOM_PLUGINS_MAX_CPU',
    fallback: 0,
    about: 'computing time of a process of a plugin, seconds; 0: no limit',
    read: numberBetween(0, 31_536_000, true),
    expects: 'a whole number from 0 (no limit) to 31536000',
  }),
  'plugins.max-files': setting<number>({
    env: 'VOXLOOM_PLUGINS_MAX_FILES',
    fallback: 0,
    about: 'files that a process of a plugin may have open; 0: no limit',
    read: numberBetween(0, 1_048_576, true),
    expects: 'a whole number from 0 (no limit) to 1048576',
  }),
  'plugins.auto-install-deps': setting<boolean>({
    env: 'VOXLOOM_PLUGINS_AUTO_INSTALL_DEPS',
    fallback: false,
    about: 'install the packages of Python plugins without being asked',
    read: truth,
    expects: 'true or false',
  }),
  'plugins.environments': setting<string>({
    env: 'VOXLOOM_ENVIRONMENTS',
    fallback: undefined,
    about: 'folder of the packages of Python plugins',
    read: text,
    expects: 'a path',
  }),
  'plugins.idle-unload': setting<number>({
    env: 'VOXLOOM_PLUGINS_IDLE_UNLOAD',
    fallback: 15,
    about: 'minutes without a call after which a contract plugin is unloaded; 0: never',
    read: numberBetween(0, 10_080, false),
    expects: 'a number from 0 (never) to 10080',
  }),
  'plugins.max-resident': setting<number>({
    env: 'VOXLOOM_PLUGINS_MAX_RESIDENT',
    fallback: 0,
    about: 'memory of all contract plugins together, MiB; 0: no limit',
    read: numberBetween(0, 16_777_216, true),
    expects: 'a whole number from 0 (no limit) to 16777216',
  }),
  'speech.voice': setting<string>({
    env: 'VOXLOOM_VOICE',
    fallback: 'af_heart',
    about: 'voice, or a mix such as af_heart:0.7,bf_emma:0.3',
    read: text,
    expects: 'a voice',
  }),
  'speech.speed': setting<number>({
    env: 'VOXLOOM_SPEED',
    fallback: 1,
    about: 'pace; 1 is the voice’s own',
    read: numberBetween(0.5, 2, false),
    expects: 'a number from 0.5 to 2',
  }),
  'speech.lang': setting<string>({
    env: 'VOXLOOM_LANG',
    fallback: undefined,
    about: 'language of the text, such as en-us; the voice’s own when absent',
    read: value => {
      const given = text(value)?.toLowerCase()
      return given && /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(given) ? given : undefined
    },
    expects: 'a language tag such as en-us or en-gb',
  }),
  'speech.threads': setting<number>({
    env: 'VOXLOOM_THREADS',
    fallback: undefined,
    about: 'threads for speech; one for each core when absent',
    read: numberBetween(1, 64, true),
    expects: 'a whole number from 1 to 64',
  }),
  'jobs.concurrency': setting<number>({
    env: 'VOXLOOM_JOBS',
    fallback: 1,
    about: 'jobs at a time; a plugin may use several cores by itself',
    read: numberBetween(1, 64, true),
    expects: 'a whole number from 1 to 64',
  }),
  'jobs.max-input': setting<number>({
    env: 'VOXLOOM_JOBS_MAX_INPUT',
    fallback: 1024,
    about: 'largest input of a job, MiB',
    read: numberBetween(1, 1_048_576, true),
    expects: 'a whole number from 1 to 1048576',
  }),
  'queue.url': setting<string>({
    env: 'VOXLOOM_QUEUE',
    fallback: undefined,
    about: 'Redis through which workers on other machines take chapters: redis://host:6379',
    read: value =>
      typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value) ? value : undefined,
    expects: 'an address that begins with redis:// or rediss://',
  }),
  'queue.lease': setting<number>({
    env: 'VOXLOOM_QUEUE_LEASE',
    fallback: 30,
    about: 'seconds without a sign of life after which another worker takes a chapter over',
    read: numberBetween(1, 3600, true),
    expects: 'a whole number from 1 to 3600',
  }),
  'wyoming.port': setting<number>({
    env: 'VOXLOOM_WYOMING',
    fallback: undefined,
    about: 'port for programs that speak the Wyoming protocol, such as Home Assistant; none when absent',
    read: numberBetween(0, 65_535, true),
    expects: 'a whole number from 0 (any free port) to 65535',
  }),
  'wyoming.host': setting<string>({
    env: 'VOXLOOM_WYOMING_HOST',
    fallback: '127.0.0.1',
    about: 'address that the Wyoming port listens on; whoever reaches it may use it, without a password',
    read: value => (typeof value === 'string' && (value === 'localhost' || isIP(value) !== 0) ? value : undefined),
    expects: 'an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all',
  }),
  'log.level': setting<LogLevel>({
    env: 'VOXLOOM_LOG_LEVEL',
    fallback: 'warn',
    about: `how much is logged: ${LOG_LEVELS.join(', ')}`,
    read: oneOf(...LOG_LEVELS),
    expects: `one of ${LOG_LEVELS.join(', ')}`,
  }),
  'log.file': setting<string>({
    env: 'VOXLOOM_LOG_FILE',
    fallback: undefined,
    about: 'log to this file, rotated at 5 MB, instead of the terminal',
    read: text,
    expects: 'a path',
  }),
} as const

export type SettingKey = keyof typeof SETTINGS

type ValueOf<Key extends SettingKey> = (typeof SETTINGS)[Key] extends Setting<infer Value> ? Value : never
export type Settings = { readonly [Key in SettingKey]: ValueOf<Key> | undefined }

export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS) as SettingKey[]

/** `value` for `key`, checked. `where` begins the sentence: “--port”, “VOXLOOM_PORT”. @throws SeamError bad-input */
export function readSetting(key: SettingKey, value: unknown, where: string): SettingValue {
  const { read, expects } = SETTINGS[key]
  const known = read(value)
  if (known === undefined) throw new SeamError('bad-input', `${where} is ${show(value)}, and must be ${expects}.`)
  return known
}

function show(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 80)}”` : String(JSON.stringify(value)).slice(0, 80)
}
