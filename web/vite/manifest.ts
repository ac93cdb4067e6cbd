import type { ManifestOptions } from 'vite-plugin-pwa'
import { STUDIO_PATH } from '../../companion/protocol/routes.ts'

const narrate = `${STUDIO_PATH}/narrate`

const pipelines = `${STUDIO_PATH}/plugins/pipeline`

/** Types of file that Narrate opens, by share and by double click. */
const documents = {
  'text/plain': ['.txt'],
  'text/markdown': ['.md', '.markdown'],
  'application/vnd.voxloom+zip': ['.voxloom'],
} as const

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
      files: [{ name: 'files', accept: Object.entries(documents).flatMap(([type, ends]) => [type, ...ends]) }],
    },
  },
  file_handlers: [
    {
      action: narrate,
      accept: Object.fromEntries(Object.entries(documents).map(([type, ends]) => [type, [...ends]])),
    },
    { action: pipelines, accept: { 'application/vnd.voxloom.pipeline+toml': ['.cr'] } },
  ],
  launch_handler: { client_mode: ['navigate-existing', 'auto'] },
}
