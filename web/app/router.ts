import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { STUDIO_PATH } from '#protocol/routes.ts'
import { ref } from 'vue'
import { missingRoom, reportError } from './errors.ts'
import { loadRoomMessages } from './i18n.ts'
import { ROOMS } from './rooms.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** Which room of rooms.ts; its sentences are loaded before it is shown. */
    room?: string
  }
}

const HOME = `${STUDIO_PATH}/narrate`

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: HOME },
  { path: STUDIO_PATH, redirect: HOME },
  ...ROOMS.map<RouteRecordRaw>(room => ({
    name: room.id,
    path: `${room.path}${room.params}`,
    component: room.load,
    meta: { room: room.id },
  })),
  { name: 'share', path: `${STUDIO_PATH}/share`, component: () => import('./SharedRoom.vue') },
  { name: 'lost', path: '/:path(.*)*', component: () => import('./LostRoom.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })

/** Where the last failed navigation wanted to go. */
export const missedRoom = ref<string>()

router.onError((error, to) => {
  missedRoom.value = to.fullPath
  reportError(error instanceof TypeError ? missingRoom(error) : error)
})

router.afterEach((_to, _from, failure) => {
  if (!failure) missedRoom.value = undefined
})

router.beforeResolve(async to => {
  if (to.meta.room) await loadRoomMessages(to.meta.room)
})
