import type { RouteComponent } from 'vue-router'
import { STUDIO_PATH } from '#protocol/routes.ts'

/** A room of the studio: its address, its place in the navigation, and how to get it. */
export interface RoomInfo {
  readonly id: 'narrate' | 'transcribe' | 'converse' | 'plugins' | 'models' | 'settings'
  readonly path: string
  /** What may follow the path: ids for deep links. */
  readonly params: string
  readonly icon: string
  /** Second key after `g`. */
  readonly key: string
  readonly load: () => Promise<{ default: RouteComponent }>
}

/** Only rooms that exist; the order is the navigation's. */
export const ROOMS: readonly RoomInfo[] = [
  {
    id: 'narrate',
    path: `${STUDIO_PATH}/narrate`,
    params: '/:project?/:place?',
    icon: 'i-lucide-audio-lines',
    key: 'n',
    load: () => import('../features/narrate/Room.vue'),
  },
  {
    id: 'transcribe',
    path: `${STUDIO_PATH}/transcribe`,
    params: '/:transcript?',
    icon: 'i-lucide-captions',
    key: 't',
    load: () => import('../features/transcribe/Room.vue'),
  },
  {
    id: 'converse',
    path: `${STUDIO_PATH}/converse`,
    params: '/:part?',
    icon: 'i-lucide-messages-square',
    key: 'c',
    load: () => import('../features/converse/Room.vue'),
  },
  {
    id: 'plugins',
    path: `${STUDIO_PATH}/plugins`,
    params: '/:part(contracts|pipeline|jobs)?/:item?',
    icon: 'i-lucide-blocks',
    key: 'p',
    load: () => import('../features/plugins/Room.vue'),
  },
  {
    id: 'models',
    path: `${STUDIO_PATH}/models`,
    params: '/:model?',
    icon: 'i-lucide-package',
    key: 'm',
    load: () => import('../features/models/Room.vue'),
  },
  {
    id: 'settings',
    path: `${STUDIO_PATH}/settings`,
    params: '/:section?',
    icon: 'i-lucide-settings-2',
    key: 's',
    load: () => import('../features/settings/Room.vue'),
  },
]
