import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Transcript } from '../../storage/transcripts-types.ts'
import { useTransport, type TransportState } from '../../ui/transport.ts'
import { useKept } from './kept.ts'
import { wavOf } from './sound.ts'
import { wordAt, type Stretch } from './words.ts'

/** Seconds that sound begins before a word: its first consonant. */
const LEAD = 0.06
/** Seconds that it goes back after a break for typing. */
const BACK = 1

/** Plays the sound of the transcript that is open, and tells which word sounds. Outlives the room. */
export const useListening = defineStore('transcribe/playback', () => {
  const kept = useKept()
  const transport = useTransport()

  const state = ref<TransportState>('idle')
  const position = ref(0)
  const duration = ref(0)
  const word = shallowRef<Stretch>()
  const failure = shallowRef<SeamError>()
  /** The text keeps up with the sound, until somebody scrolls. */
  const following = ref(true)
  let transcript: Transcript | undefined
  /** What the player bar calls it. */
  let name = ''
  let audio: HTMLAudioElement | undefined
  let address: string | undefined
  /** What is loaded: another copy of the sound may have taken its place. */
  let loaded: string | undefined
  let frame = 0
  let typed = false
  /** Gives the player bar back; there while it is ours. */
  let detach: (() => void) | undefined

  function show(): void {
    position.value = audio?.currentTime ?? 0
    const now = transcript && wordAt(transcript, position.value)
    if (now?.paragraph !== word.value?.paragraph || now?.from !== word.value?.from) word.value = now
    if (!detach) return
    transport.update({
      position: position.value,
      duration: duration.value,
      state: state.value === 'idle' ? 'paused' : state.value,
    })
  }
  function everyFrame(): void {
    cancelAnimationFrame(frame)
    show()
    if (state.value === 'playing') frame = requestAnimationFrame(everyFrame)
  }
  function become(next: TransportState): void {
    state.value = next
    everyFrame()
  }

  function open(): HTMLAudioElement {
    if (audio) return audio
    const made = new Audio()
    made.preload = 'metadata'
    made.addEventListener('playing', () => become('playing'))
    made.addEventListener('pause', () => become('paused'))
    made.addEventListener('ended', () => become('paused'))
    made.addEventListener('waiting', () => become('loading'))
    made.addEventListener('seeked', () => show())
    made.addEventListener('durationchange', () => {
      // Recordings of some programs have no length in their header.
      if (Number.isFinite(made.duration)) duration.value = made.duration
      show()
    })
    return (audio = made)
  }

  const keyOf = ({ id, listen, state }: Transcript) => `${id} ${listen} ${state === 'done'}`

  /** @throws SeamError not-found, unsupported */
  async function load(now: Transcript): Promise<HTMLAudioElement> {
    const player = open()
    const key = keyOf(now)
    if (loaded === key) return player
    const from = loaded?.startsWith(`${now.id} `) ? player.currentTime : 0
    const { file, pcm } = await (await kept()).sound(now.id)
    const blob = now.listen === 'pcm' || !file ? pcm && wavOf(pcm) : file
    if (!blob) {
      throw new SeamError('not-found', 'The sound of this transcript is no longer in the browser’s storage.')
    }
    if (address) URL.revokeObjectURL(address)
    address = URL.createObjectURL(blob)
    player.src = address
    loaded = key
    await new Promise<void>((resolve, reject) => {
      const scope = new AbortController()
      const settle = (act: () => void) => () => {
        scope.abort()
        act()
      }
      player.addEventListener('loadedmetadata', settle(resolve), { signal: scope.signal })
      player.addEventListener(
        'error',
        settle(() => {
          loaded = undefined
          reject(
            new SeamError('unsupported', 'This browser can’t play the file as it is. Its words are kept.', {
              cause: player.error,
            }),
          )
        }),
        { signal: scope.signal },
      )
    })
    if (from > 0) player.currentTime = from
    return player
  }

  const controls = {
    play: () => play(),
    pause: () => pause(),
    seek: (seconds: number) => seek(seconds),
    previous: () => step(-1),
    next: () => step(1),
    setRate: (rate: number) => {
      if (audio) audio.playbackRate = rate
    },
    setVolume: (volume: number) => {
      if (audio) audio.volume = volume
    },
  }
  /** Takes the player bar. Somebody else who takes it pauses us first. */
  function attach(): void {
    if (!transcript) return
    duration.value ||= transcript.duration ?? 0
    detach = transport.attach(controls, {
      title: name,
      duration: duration.value,
      position: position.value,
      canPrevious: true,
      canNext: true,
      state: state.value === 'idle' ? 'paused' : state.value,
    })
  }
  watch(
    () => transport.title,
    title => {
      // Another room took the bar: the next play takes it back.
      if (title !== name) detach = undefined
    },
    { flush: 'sync' },
  )

  /** @param at seconds from which; where it stood otherwise */
  async function play(at?: number): Promise<void> {
    const now = transcript
    if (!now) return
    failure.value = undefined
    following.value = true
    try {
      attach()
      if (loaded !== keyOf(now)) become('loading')
      const player = await load(now)
      if (transcript?.id !== now.id) return
      player.playbackRate = transport.rate
      player.volume = transport.volume
      if (at !== undefined) player.currentTime = Math.max(0, at - LEAD)
      else if (typed) player.currentTime = Math.max(0, player.currentTime - BACK)
      typed = false
      await player.play()
    } catch (error) {
      become('paused')
      // Paused before it began: nothing is wrong.
      if (error instanceof DOMException && error.name === 'AbortError') return
      failure.value = toSeamError(error)
    }
  }
  function pause(): void {
    audio?.pause()
    if (state.value === 'loading') become('paused')
  }
  async function seek(seconds: number): Promise<void> {
    if (!transcript) return
    try {
      const player = await load(transcript)
      player.currentTime = seconds
      following.value = true
      show()
    } catch (error) {
      failure.value = toSeamError(error)
    }
  }
  /** To the beginning of the paragraph, of the one before, or of the next. */
  function step(by: -1 | 1): Promise<void> {
    const starts = transcript?.paragraphs.map(({ start }) => start) ?? []
    const now = position.value
    const to = by > 0 ? starts.find(start => start > now + LEAD) : starts.findLast(start => start < now - BACK)
    return seek(to ?? (by > 0 ? duration.value : 0))
  }

  return {
    state: computed(() => state.value),
    position: computed(() => position.value),
    duration: computed(() => duration.value),
    word: computed(() => word.value),
    failure: computed(() => failure.value),
    following: computed(() => following.value),
    busy: computed(() => state.value === 'playing' || state.value === 'loading'),

    /** The room shows a transcript: Space and the player bar belong to it, unless something else is playing. */
    enter(next: Transcript, called: string) {
      const other = transcript?.id !== next.id
      transcript = next
      name = called
      if (other) {
        audio?.pause()
        audio?.removeAttribute('src')
        loaded = undefined
        duration.value = next.duration ?? 0
        position.value = 0
        state.value = 'idle'
        failure.value = undefined
        word.value = undefined
        typed = false
      }
      if (detach) transport.update({ title: name })
      if (other && (!transport.attached || transport.state === 'paused')) attach()
      else show()
    },
    /** The transcript was removed. */
    leave(id: string) {
      if (transcript?.id !== id) return
      audio?.pause()
      audio?.removeAttribute('src')
      if (address) URL.revokeObjectURL(address)
      address = loaded = transcript = undefined
      word.value = undefined
      state.value = 'idle'
      detach?.()
      detach = undefined
    },
    play,
    pause,
    seek,
    toggle: () => (state.value === 'playing' || state.value === 'loading' ? pause() : play()),
    /** Somebody types: the sound waits, and goes on a little earlier. */
    typing() {
      if (state.value !== 'playing') return
      typed = true
      pause()
    },
    follow(on: boolean) {
      following.value = on
    },
    clearFailure() {
      failure.value = undefined
    },
  }
})
