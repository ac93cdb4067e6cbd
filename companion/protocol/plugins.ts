/** What plugins, the host and the page say of plugins. docs/plugin-protocol.md has the whole. */

/** Revisions of the frame protocol that this host speaks. */
export const PLUGIN_PROTOCOLS = ['0.1'] as const

/** Bytes of one payload frame. */
export const MAX_PAYLOAD = 8 * 1024 * 1024
/** Bytes of one control frame. */
export const MAX_CONTROL = 64 * 1024
/** Bytes of the handshake's JSON. */
export const MAX_HANDSHAKE = 1024 * 1024
/** Bytes of a manifest. */
export const MAX_MANIFEST = 256 * 1024

/** Why the host ended a plugin, or gave up on it. A plugin's own codes are others. */
export type PluginFailure =
  | 'SPAWN_FAILED'
  | 'STARTUP_TIMEOUT'
  | 'IDLE_TIMEOUT'
  | 'PARTIAL_FRAME'
  | 'FRAME_TOO_LARGE'
  | 'PROTOCOL_VIOLATION'
  | 'INPUT_TOO_LARGE'
  | 'INTERNAL_PLUGIN_FAILURE'

export const STAGES = ['pre', 'synth', 'post', 'encode', 'output'] as const
export type Stage = (typeof STAGES)[number]

export type OptionValue = string | number | boolean

/** One option of a plugin, as forms are made from it. */
export interface PluginOption {
  readonly type: 'string' | 'number' | 'integer' | 'boolean'
  readonly default?: OptionValue | undefined
  readonly required?: boolean | undefined
  readonly enum?: readonly OptionValue[] | undefined
  /** Inclusive; for text the length in characters. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly description?: string | undefined
}

export interface PluginPermissions {
  readonly network: boolean
  readonly gpu: boolean
  /** Folders by name: `models`. */
  readonly read: readonly string[]
}

/** Where a plugin comes from, as far as is known. */
export type Trust =
  /** A folder on this machine that the user, or Voxloom, put there. */
  | 'local'
  /** Installed from an address whose signature was checked against a known key. */
  | 'signed'
  /** Installed from an address whose SHA-256 the user gave. */
  | 'pinned'

/** Whether a plugin did what it promises when it was last looked at. */
export interface Verification {
  readonly state: 'verified' | 'failed' | 'unknown'
  /** ISO 8601. */
  readonly at?: string | undefined
  /** Why it failed, as a sentence. */
  readonly message?: string | undefined
  /** It is being tried at this moment; the rest tells of the last time. */
  readonly trying?: boolean | undefined
}

/** A plugin as listings show it. One whose manifest can't be read has a `problem` and little else. */
export interface PluginInfo {
  /** The folder's name. */
  readonly id: string
  readonly folder: string
  readonly problem?: string | undefined
  readonly version: string
  readonly protocol: string
  readonly description: string
  readonly license: string
  readonly homepage: string
  readonly author: string
  readonly mode: 'streaming' | 'batch'
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly stage: Stage
  readonly options: Readonly<Record<string, PluginOption>>
  readonly permissions: PluginPermissions
  readonly env: readonly string[]
  readonly trust: Trust
  /** What confines it when it runs here. */
  readonly sandbox: 'bubblewrap' | 'none'
  readonly verification: Verification
}
