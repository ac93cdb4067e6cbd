import { onScopeDispose, ref } from 'vue'
import type { Sound } from './sound.ts'
import { wavOf } from './wav.ts'

/** Lets one stretch of kept sound be heard at a time. Call in `setup`. */
export function useReplay() {
  /** What is playing, by the name it was given. */
  const playing = ref<string>()
  let audio: HTMLAudioElement | undefined

  function stop(): void {
    if (!audio) return
    audio.pause()
    URL.revokeObjectURL(audio.src)
    audio = undefined
    playing.value = undefined
  }

  /** Plays `sound`, or stops it when it is what plays. */
  async function toggle(name: string, sound: Sound): Promise<void> {
    const again = playing.value === name
    stop()
    if (again || sound.samples.length === 0) return
    audio = new Audio(URL.createObjectURL(wavOf([sound])))
    audio.onended = stop
    playing.value = name
    await audio.play().catch(stop)
  }

  onScopeDispose(stop)
  return { playing, toggle, stop }
}
