import { ref } from 'vue'

/** Whether the studio is provided: rooms, and whatever calls `useStudio`, are mounted after that. */
export const studioReady = ref(false)
