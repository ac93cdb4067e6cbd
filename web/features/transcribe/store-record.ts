import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Caption } from '#protocol/transcribe.ts'
import type { Microphone, MicrophoneTrouble } from '../../audio/capture/types.ts'
import type { SoundWriter } from '../../storage/types.ts'
import { useJobs, type StartedJob } from '../../ui/jobs.ts'
import { useTransport } from '../../ui/transport.ts'
import { useStudio } from '../studio.ts'
import { appendCaption, newTranscript } from './document.ts'
import { useKept } from './kept.ts'
import { useChoice } from './store-choice.ts'
import { createSoundQueue } from './sound-queue.ts'
import { useDesk, type Session } from './store-desk.ts'
import { useTranscribing } from './store-work.ts'
import { transcribe } from './transcribing.ts'

export type RecorderState = 'idle' | 'opening' | 'recording' | 'paused' | 'ending'

/** A final caption as it is shown and read out while somebody speaks. */
interface Line {
  readonly text: string
  /** Seconds. */
  readonly start: number
}

interface RecordWish {
  /** Of the job in the tray, and of the one that reads what live captions left out. */
  readonly title: string
  /** Whether words are shown while they are said. */
  readonly captions: boolean
  /** Whether what live captions left out is read when the recording is over; as `captions` when absent. */
  readonly afterwards?: boolean
}

/** What is said, kept as it is said, and read along where that can be. Goes on in other rooms. */
export const useRecorder = defineStore('transcribe/record', () => {
  const studio = useStudio()
  const jobs = useJobs()
  const desk = useDesk()
  const kept = useKept()
  const work = useTranscribing()
  const choice = useChoice()
  const transport = useTransport()

  const state = ref<RecorderState>('idle')
  const id = ref<string>()
  const seconds = ref(0)
  const label = ref('')
  const trouble = ref<MicrophoneTrouble>()
  const lost = ref<number>()
  const session = shallowRef<Session>()
  /** One for each utterance: a paragraph that grows would be read out again and again. */
  const lines = shallowRef<readonly Line[]>([])
  const partial = shallowRef<Caption>()
  const readsAlong = ref(true)
  /** Why there are no captions (any more); the recording goes on. */
  const captionFailure = shallowRef<SeamError>()
  /** Why the microphone was not opened, or ended by itself. What was said before is kept. */
  const failure = shallowRef<SeamError>()
  let microphone: Microphone | undefined
  let writer: SoundWriter | undefined
  let job: StartedJob<void> | undefined
  /** Whether what live captions left out is read when the recording is over. */
  let reads = false

  const warn = (event: BeforeUnloadEvent) => event.preventDefault()
  /** The tab may be gone in a moment: what has come so far is written now. */
  const save = () => {
    void writer?.flush().catch(() => undefined)
    void session.value?.flush()
  }

  /** Reads along. @returns whether every word is there */
  async function readAlong(now: Session, queue: ReturnType<typeof createSoundQueue>): Promise<boolean> {
    try {
      const heard = transcribe({
        transcriber: choice.transcriber,
        sound: queue.sound,
        skip: 0,
        lang: now.transcript.value.lang,
        live: true,
        run: {},
      })
      for await (const { caption } of heard) {
        partial.value = caption.final ? undefined : caption
        if (!caption.final) continue
        lines.value = [...lines.value, { text: caption.text, start: caption.start }]
        now.add(appendCaption(now.transcript.value, caption))
      }
      return !queue.overflowed
    } catch (error) {
      captionFailure.value = toSeamError(error)
      return false
    } finally {
      partial.value = undefined
    }
  }

  async function record(now: Session, signal: AbortSignal, captions: boolean): Promise<void> {
    const queue = createSoundQueue()
    const reading = captions ? readAlong(now, queue) : Promise.resolve(false)
    const stop = () => void microphone?.close()
    signal.addEventListener('abort', stop, { once: true })
    let broken: unknown
    try {
      for await (const chunk of microphone!.sound()) {
        if (state.value === 'paused') continue
        if (captions) queue.push(chunk)
        await writer!.write(chunk)
        const whole = Math.floor(writer!.seconds)
        if (whole !== seconds.value) seconds.value = whole
      }
    } catch (error) {
      broken = error
      failure.value = toSeamError(error)
    }
    signal.removeEventListener('abort', stop)
    state.value = 'ending'
    await microphone?.close().catch(() => undefined)
    queue.end()
    const whole = await reading
    // Written as far as it goes: a full disk must not cost what is on it.
    await writer!.flush().catch(error => (broken ??= error))
    const duration = writer!.seconds
    const { reached } = now.transcript.value
    now.add({
      ...now.transcript.value,
      duration,
      state: whole ? 'done' : 'stopped',
      reached: whole ? duration : reached,
    })
    if (broken !== undefined) throw broken
  }

  function clear(): void {
    removeEventListener('beforeunload', warn)
    removeEventListener('pagehide', save)
    microphone = writer = job = undefined
    session.value = undefined
    trouble.value = lost.value = undefined
    id.value = undefined
    state.value = 'idle'
  }

  /**
   * Opens the microphone and records. From a user gesture.
   * @returns the transcript's id, or undefined when there is no microphone: `failure` says why
   */
  async function start({ title, captions, afterwards = captions }: RecordWish): Promise<string | undefined> {
    if (state.value !== 'idle') return id.value
    state.value = 'opening'
    failure.value = captionFailure.value = undefined
    seconds.value = 0
    lines.value = []
    readsAlong.value = captions
    reads = afterwards
    // What plays would be recorded with what is said.
    transport.pause()
    let held: string | undefined
    try {
      // As it sounds: nothing plays that would have to be taken out.
      const opened = await studio.microphone({ echoCancellation: false, noiseSuppression: false, autoGain: true })
      microphone = opened
      label.value = opened.label
      trouble.value = opened.trouble
      const store = await kept()
      const source = { kind: 'recording', name: '', type: 'audio/wav' } as const
      const { id: made } = await store.create(newTranscript(source, '', choice.lang))
      session.value = await desk.acquire(made)
      held = made
      writer = await store.writer(made, opened.sampleRate)
    } catch (error) {
      failure.value = toSeamError(error)
      await microphone?.close().catch(() => undefined)
      if (held) await desk.release(held)
      clear()
      return undefined
    }
    const now = session.value
    const mine = microphone
    const unwatch = mine.watch(() => {
      trouble.value = mine.trouble
      lost.value = mine.lost
    })
    id.value = now.id
    state.value = 'recording'
    addEventListener('beforeunload', warn)
    addEventListener('pagehide', save)
    job = jobs.start({
      title,
      kind: 'record',
      async run({ signal }) {
        try {
          await record(now, signal, captions)
        } finally {
          unwatch()
          const unread = now.transcript.value.state !== 'done'
          await desk.release(now.id)
          clear()
          if (unread && reads) work.start(now.id, title)
        }
      },
    })
    return now.id
  }

  return {
    state: computed(() => state.value),
    /** The transcript that is being recorded. */
    id: computed(() => id.value),
    seconds: computed(() => seconds.value),
    label: computed(() => label.value),
    trouble: computed(() => trouble.value),
    /** Seconds of the sound that are missing; undefined when all of it is there. */
    lost: computed(() => lost.value),
    lines: computed(() => lines.value),
    partial: computed(() => partial.value),
    /** Whether words are shown while they are said. */
    readsAlong: computed(() => readsAlong.value),
    captionFailure: computed(() => captionFailure.value),
    failure: computed(() => failure.value),
    /** 0…1, the peak since it was last asked. */
    level: () => (state.value === 'recording' ? (microphone?.level ?? 0) : 0),

    start,
    pause() {
      if (state.value !== 'recording') return
      state.value = 'paused'
      save()
    },
    resume() {
      if (state.value === 'paused') state.value = 'recording'
    },
    /**
     * Resolves when the recording is kept and its last words are there.
     * @param how `reads: false` leaves alone what live captions left out
     */
    async stop(how: { reads: boolean } = { reads: true }): Promise<void> {
      const ending = job
      if (!ending) return
      reads &&= how.reads
      state.value = 'ending'
      await microphone?.close().catch(() => undefined)
      await ending.done.catch(() => undefined)
    },
    clearFailure() {
      failure.value = undefined
    },
  }
})
