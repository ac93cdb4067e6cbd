import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { isPipeline, isSound, useIncoming, type Incoming } from '../ui/incoming.ts'
import { ROOMS, type RoomInfo } from './rooms.ts'

const roomOf = (item: Incoming): RoomInfo['id'] =>
  isPipeline(item) ? 'plugins' : isSound(item) ? 'transcribe' : 'narrate'

/**
 * Leads to the room that takes what waits: what was shared or opened with the app, and what one room hands to another,
 * such as a transcript that is to be narrated. Rooms know nothing of each other. Call in `setup` of the app.
 */
export function useBridges(): void {
  const incoming = useIncoming()
  const route = useRoute()
  const router = useRouter()
  watch(
    () => incoming.waiting,
    async ([first]) => {
      const room = first && ROOMS.find(({ id }) => id === roomOf(first))
      // A room that is shown takes what is its own by itself.
      if (!room || route.meta.room === room.id) return
      if (route.name === 'share') await router.replace(room.path)
      else await router.push(room.path)
    },
    { immediate: true, flush: 'post' },
  )
}
