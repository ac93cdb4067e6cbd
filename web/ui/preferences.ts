import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Lang } from '#protocol/speech.ts'

export const LOCALES = ['en', 'de'] as const
export type Locale = (typeof LOCALES)[number]
export type Theme = 'system' | 'light' | 'dark'
export const DEVICES = ['auto', 'wasm', 'webgpu', 'companion'] as const
/** Where speech is made. */
export type DeviceChoice = (typeof DEVICES)[number]

export interface Preferences {
  readonly theme: Theme
  readonly locale: Locale
  /** Voice, pace and language that a new project begins with. */
  readonly voice: string
  /** 0.5…2 */
  readonly speed: number
  readonly lang: Lang
  readonly device: DeviceChoice
  /** Threads for speech in the browser; 0 lets the app choose. */
  readonly threads: number
  /** Whether weights may be fetched from the public hub when the companion has none. */
  readonly hub: boolean
  /** Whether the system's own media controls and lock screen may show what is playing. */
  readonly mediaKeys: boolean
}

/** The same key is read by public/theme.js before the first paint. */
export const PREFERENCES_KEY = 'voxloom:preferences'

export const SPEED_LIMITS = { min: 0.5, max: 2 } as const
export const MAX_THREADS = 32

/** The page's language for a browser that asks for `wanted`, best first. */
export function pickLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0]
    const found = LOCALES.find(locale => locale === language)
    if (found) return found
  }
  return 'en'
}

export function defaultPreferences(languages: readonly string[]): Preferences {
  return {
    theme: 'system',
    locale: pickLocale(languages),
    voice: 'af_heart',
    speed: 1,
    lang: 'en-us',
    device: 'auto',
    threads: 0,
    hub: true,
    mediaKeys: true,
  }
}

/** `stored` with every field that is missing or makes no sense replaced by the default's. Never throws. */
export function readPreferences(stored: string | null, defaults: Preferences): Preferences {
  let raw: unknown
  try {
    raw = JSON.parse(stored ?? '{}')
  } catch {
    raw = {}
  }
  const from: Partial<Record<keyof Preferences, unknown>> = raw && typeof raw === 'object' ? raw : {}
  const oneOf = <T extends string>(value: unknown, choices: readonly T[], otherwise: T): T =>
    choices.find(choice => choice === value) ?? otherwise
  const word = (value: unknown, otherwise: string) => (typeof value === 'string' && value ? value : otherwise)
  const flag = (value: unknown, otherwise: boolean) => (typeof value === 'boolean' ? value : otherwise)
  const within = (value: unknown, min: number, max: number, otherwise: number) =>
    typeof value === 'number' && value >= min && value <= max ? value : otherwise
  return {
    theme: oneOf(from.theme, ['system', 'light', 'dark'], defaults.theme),
    locale: oneOf(from.locale, LOCALES, defaults.locale),
    voice: word(from.voice, defaults.voice),
    speed: within(from.speed, SPEED_LIMITS.min, SPEED_LIMITS.max, defaults.speed),
    lang: word(from.lang, defaults.lang),
    device: oneOf(from.device, DEVICES, defaults.device),
    threads: Math.floor(within(from.threads, 0, MAX_THREADS, defaults.threads)),
    hub: flag(from.hub, defaults.hub),
    mediaKeys: flag(from.mediaKeys, defaults.mediaKeys),
  }
}

function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // closed to us in some private windows; the choices then last until the tab is closed
  }
}

/** What the user chose, kept in localStorage and shared by all tabs. */
export const usePreferences = defineStore('preferences', () => {
  const defaults = defaultPreferences(globalThis.navigator?.languages ?? [])
  const load = () => readPreferences(storage()?.getItem(PREFERENCES_KEY) ?? null, defaults)
  const current = shallowRef(load())

  globalThis.addEventListener?.('storage', event => {
    if (event.key === PREFERENCES_KEY) current.value = load()
  })

  /** Changes what `patch` names; values out of range are ignored. */
  function set(patch: Partial<Preferences>): void {
    const next = readPreferences(JSON.stringify({ ...current.value, ...patch }), current.value)
    current.value = next
    try {
      storage()?.setItem(PREFERENCES_KEY, JSON.stringify(next))
    } catch {
      // Storage is full: the choice holds in this tab, which is better than refusing it.
    }
  }

  function reset(): void {
    current.value = defaults
    storage()?.removeItem(PREFERENCES_KEY)
  }

  const pick = <Key extends keyof Preferences>(key: Key) => computed(() => current.value[key])
  return {
    all: computed(() => current.value),
    theme: pick('theme'),
    locale: pick('locale'),
    voice: pick('voice'),
    speed: pick('speed'),
    lang: pick('lang'),
    device: pick('device'),
    threads: pick('threads'),
    hub: pick('hub'),
    mediaKeys: pick('mediaKeys'),
    set,
    reset,
  }
})
