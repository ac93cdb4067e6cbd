import { watch, type Ref } from 'vue'
import { usePreferences } from './preferences.ts'
import type { Transport } from './transport.ts'

interface Actions {
  play(): unknown
  pause(): unknown
  seek(position: number): unknown
  skip(seconds: number): unknown
  previous(): unknown
  next(): unknown
}

/** Seconds that a system's skip key moves when it does not say. */
const SKIP = 10

/** Shows what is playing to the system's media controls, and takes their keys, unless the user said no. */
export function startMediaSession(now: Readonly<Ref<Transport>>, actions: Actions): void {
  const session = globalThis.navigator?.mediaSession
  if (!session) return
  const preferences = usePreferences()
  const handlers: readonly [MediaSessionAction, MediaSessionActionHandler][] = [
    ['play', () => actions.play()],
    ['pause', () => actions.pause()],
    ['stop', () => actions.pause()],
    ['previoustrack', () => actions.previous()],
    ['nexttrack', () => actions.next()],
    ['seekbackward', details => actions.skip(-(details.seekOffset ?? SKIP))],
    ['seekforward', details => actions.skip(details.seekOffset ?? SKIP)],
    ['seekto', details => details.seekTime !== undefined && actions.seek(details.seekTime)],
  ]
  const wanted = () => preferences.mediaKeys && now.value.state !== 'idle'

  watch(
    [wanted, () => now.value.title, () => now.value.subtitle],
    ([shown]) => {
      for (const [action, handler] of handlers) {
        try {
          session.setActionHandler(action, shown ? handler : null)
        } catch {
          // Browsers know different actions; the rest still work.
        }
      }
      session.metadata = shown ? new MediaMetadata({ title: now.value.title, artist: now.value.subtitle }) : null
      if (!shown) session.playbackState = 'none'
    },
    { immediate: true },
  )
  watch(
    now,
    ({ state, position, duration, rate }) => {
      if (!wanted()) return
      session.playbackState = state === 'paused' ? 'paused' : 'playing'
      if (duration > 0 && position <= duration) {
        session.setPositionState?.({ duration, position: Math.max(0, position), playbackRate: rate })
      }
    },
    { immediate: true },
  )
}
