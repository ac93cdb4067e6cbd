import { onScopeDispose, ref, watch } from 'vue'
import type { SpokenSound } from '../../storage/conversations-types.ts'
import { useOpenMicrophone } from '../../ui/open-microphone.ts'
import { wavOf } from './wav.ts'

/** Lets one stretch of kept sound be heard at a time. Call in `setup`. */
export function useReplay() {
  /** What is playing, by the name it was given. */
  const playing = ref<string>()
  let audio: HTMLAudioElement | undefined
  /** Counts what was asked for: an answer that comes late is dropped. */
  let asked = 0

  function stop(): void {
    asked++
    playing.value = undefined
    if (!audio) return
    audio.pause()
    URL.revokeObjectURL(audio.src)
    audio = undefined
  }

  /** Plays sounds one after the other, or stops when they are what plays. */
  async function toggle(name: string, sounds: Iterable<SpokenSound> | AsyncIterable<SpokenSound>): Promise<void> {
    const again = playing.value === name
    stop()
    if (again) return
    const mine = asked
    playing.value = name
    const file = await wavOf(sounds).catch(() => undefined)
    if (asked !== mine) return
    if (!file) return stop()
    audio = new Audio(URL.createObjectURL(file))
    audio.onended = stop
    await audio.play().catch(() => asked === mine && stop())
  }

  // What plays when a microphone is opened would be taken for the user.
  const microphone = useOpenMicrophone()
  watch(
    () => microphone.path,
    open => open && stop(),
  )
  onScopeDispose(stop)
  return { playing, toggle, stop }
}
