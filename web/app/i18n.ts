import { createI18n, type LocaleMessages, type VueMessageType } from 'vue-i18n'
import type { Locale } from '../ui/preferences.ts'

type Messages = LocaleMessages<VueMessageType>[string]
type Loader = () => Promise<Messages>

const shell = import.meta.glob<Messages>('./locales/*.json', { import: 'default' })
const rooms = import.meta.glob<Messages>('../features/*/locales/*.json', { import: 'default' })

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: {},
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

const merged = new Set<string>()
const wantedRooms = new Set<string>()

async function merge(locale: Locale, path: string, load: Loader | undefined): Promise<void> {
  if (!load || merged.has(path)) return
  const messages = await load()
  if (merged.has(path)) return
  merged.add(path)
  i18n.global.mergeLocaleMessage(locale, messages)
}

const roomPath = (room: string, locale: Locale) => `../features/${room}/locales/${locale}.json`

/** Fetches a room's sentences in the present language. A room without any is fine. */
export async function loadRoomMessages(room: string): Promise<void> {
  wantedRooms.add(room)
  const locale = i18n.global.locale.value as Locale
  const path = roomPath(room, locale)
  await merge(locale, path, rooms[path])
}

/** Changes the language once everything on the screen is there in it, and tells the document. */
export async function setLocale(locale: Locale): Promise<void> {
  const path = `./locales/${locale}.json`
  await Promise.all([
    merge(locale, path, shell[path]),
    ...[...wantedRooms].map(room => merge(locale, roomPath(room, locale), rooms[roomPath(room, locale)])),
  ])
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
}
