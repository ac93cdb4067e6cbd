import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { startMediaSession } from './media-session.ts'

export type TransportState = 'idle' | 'loading' | 'playing' | 'paused'

/** What the player bar shows. Seconds throughout. */
export interface Transport {
  readonly title: string
  readonly subtitle: string
  readonly state: TransportState
  readonly position: number
  /** 0 while it is not known. */
  readonly duration: number
  /** 0.5…3 */
  readonly rate: number
  /** 0…1 */
  readonly volume: number
  readonly canPrevious: boolean
  readonly canNext: boolean
}

/** What the bar may ask of the room that is playing. */
export interface TransportControls {
  play(): unknown
  pause(): unknown
  /** @param position seconds from the start */
  seek(position: number): unknown
  previous(): unknown
  next(): unknown
  setRate(rate: number): unknown
  setVolume(volume: number): unknown
}

const EMPTY: Transport = {
  title: '',
  subtitle: '',
  state: 'idle',
  position: 0,
  duration: 0,
  rate: 1,
  volume: 1,
  canPrevious: false,
  canNext: false,
}

export const RATE_LIMITS = { min: 0.5, max: 3 } as const
const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value))

/**
 * The one transport of the app: a room attaches its controls and reports how it goes; the bar, the keys and the
 * system's media controls use them. It outlives the room's component, so that sound goes on in the next room.
 */
export const useTransport = defineStore('transport', () => {
  const now = shallowRef<Transport>(EMPTY)
  const controls = shallowRef<TransportControls>()

  /**
   * Takes the bar over; whoever had it is paused. Rate and volume stay as the listener set them.
   * @returns an end to it, which clears the bar unless another room has taken it meanwhile
   */
  function attach(mine: TransportControls, about: Partial<Transport> = {}): () => void {
    if (controls.value && controls.value !== mine) controls.value.pause()
    controls.value = mine
    now.value = { ...EMPTY, rate: now.value.rate, volume: now.value.volume, state: 'paused', ...about }
    return () => {
      if (controls.value !== mine) return
      controls.value = undefined
      now.value = { ...EMPTY, rate: now.value.rate, volume: now.value.volume }
    }
  }

  /** What changed, told by the room that is attached. */
  function update(patch: Partial<Transport>): void {
    if (controls.value) now.value = { ...now.value, ...patch }
  }

  const play = () => controls.value?.play()
  const pause = () => controls.value?.pause()
  const toggle = () => (now.value.state === 'playing' || now.value.state === 'loading' ? pause() : play())
  const seek = (position: number) =>
    controls.value?.seek(clamp(position, 0, now.value.duration > 0 ? now.value.duration : Infinity))
  const skip = (seconds: number) => seek(now.value.position + seconds)
  const previous = () => (now.value.canPrevious ? controls.value?.previous() : undefined)
  const next = () => (now.value.canNext ? controls.value?.next() : undefined)

  function setRate(rate: number): void {
    if (Number.isNaN(rate)) return
    now.value = { ...now.value, rate: clamp(rate, RATE_LIMITS.min, RATE_LIMITS.max) }
    controls.value?.setRate(now.value.rate)
  }

  function setVolume(volume: number): void {
    if (Number.isNaN(volume)) return
    now.value = { ...now.value, volume: clamp(volume, 0, 1) }
    controls.value?.setVolume(now.value.volume)
  }

  const pick = <Key extends keyof Transport>(key: Key) => computed(() => now.value[key])
  const store = {
    attached: computed(() => controls.value !== undefined),
    title: pick('title'),
    subtitle: pick('subtitle'),
    state: pick('state'),
    position: pick('position'),
    duration: pick('duration'),
    rate: pick('rate'),
    volume: pick('volume'),
    canPrevious: pick('canPrevious'),
    canNext: pick('canNext'),
    attach,
    update,
    play,
    pause,
    toggle,
    seek,
    skip,
    previous,
    next,
    setRate,
    setVolume,
  }
  startMediaSession(now, { play, pause, seek, skip, previous, next })
  return store
})
