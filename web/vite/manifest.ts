import type { ManifestOptions } from 'vite-plugin-pwa'
import { STUDIO_PATH } from '../../companion/protocol/routes.ts'

const narrate = `${STUDIO_PATH}/narrate`

const transcribe = `${STUDIO_PATH}/transcribe`

const pipelines = `${STUDIO_PATH}/plugins/pipeline`

/** Types of file that Narrate opens, by share and by double click. */
const documents = {
  'text/plain': ['.txt'],
  'text/markdown': ['.md', '.markdown'],
  'application/vnd.voxloom+zip': ['.voxloom'],
} as const

/** Sound and video that Transcribe opens. Systems offer an app only for types and endings that it names. */
const recordings = {
  'audio/wav': ['.wav'],
  'audio/mpeg': ['.mp3'],
  'audio/mp4': ['.m4a'],
  'audio/aac': ['.aac'],
  'audio/flac': ['.flac'],
  'audio/ogg': ['.ogg', '.oga', '.opus'],
  'video/mp4': ['.mp4', '.m4v'],
  'video/quicktime': ['.mov'],
  'video/webm': ['.webm'],
} as const

/** Types and endings, in one list, as a share target wants them. */
const flat = (types: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(types).flatMap(([type, ends]) => [type, ...ends])
/** As a file handler wants them. */
const accepted = (types: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(types).map(([type, ends]) => [type, [...ends]]))

/** The web app manifest. */
export const manifest: Partial<ManifestOptions> = {
  id: STUDIO_PATH,
  name: 'Voxloom',
  short_name: 'Voxloom',
  description: 'A private voice studio: text in, natural speech out, on your own machine.',
  lang: 'en',
  start_url: narrate,
  scope: '/',
  display: 'standalone',
  background_color: '#fafaf9',
  theme_color: '#fafaf9',
  categories: ['productivity', 'utilities', 'multimedia'],
  icons: [
    { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
    { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
  shortcuts: [
    { name: 'Narrate', url: narrate, icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
    { name: 'Transcribe', url: transcribe, icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
    { name: 'Plugins', url: `${STUDIO_PATH}/plugins`, icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
    { name: 'Models', url: `${STUDIO_PATH}/models`, icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
  ],
  share_target: {
    action: `${STUDIO_PATH}/share`,
    method: 'POST',
    enctype: 'multipart/form-data',
    params: {
      title: 'title',
      text: 'text',
      url: 'url',
      // A phone's recorder may share any kind of sound.
      files: [{ name: 'files', accept: [...flat(documents), 'audio/*', 'video/*', ...flat(recordings)] }],
    },
  },
  file_handlers: [
    { action: narrate, accept: accepted(documents) },
    { action: transcribe, accept: accepted(recordings) },
    { action: pipelines, accept: { 'application/vnd.voxloom.pipeline+toml': ['.cr'] } },
  ],
  launch_handler: { client_mode: ['navigate-existing', 'auto'] },
}
