import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { toSeamError } from '#protocol/errors.ts'
import type { Progress } from '#protocol/run.ts'
import { isSound, useIncoming } from '../../ui/incoming.ts'
import { useNotices } from '../../ui/toast.ts'
import { failureWords } from './failure-words.ts'
import { useForeign } from './store-foreign.ts'
import { useListeningModel } from './store-model.ts'
import { useTranscriptList } from './store-list.ts'
import { useTranscribing } from './store-work.ts'

/** What is being copied into the browser's storage now. */
const useArrivals = defineStore('transcribe/arrivals', () => {
  const now = shallowRef<{ readonly name: string; readonly progress: Progress; cancel(): void }>()
  return {
    now: computed(() => now.value),
    show: (next: typeof now.value) => void (now.value = next),
  }
})

/** Takes sound and video from outside, and has it transcribed. Call in `setup`. */
export function useIntake(): {
  /** What is being taken in. */
  arriving: ReturnType<typeof useArrivals>
  /** Keeps the files, then transcribes one after the other. @returns the transcripts' ids. Failures are told. */
  take(files: readonly File[]): Promise<string[]>
  /** Transcribes what was kept, or the rest of it; offers the model first where it is not here. */
  transcribe(ids: readonly string[], name: string): Promise<void>
} {
  const { t, locale } = useI18n()
  const notify = useNotices()
  const work = useTranscribing()
  const model = useListeningModel()
  const list = useTranscriptList()
  const arriving = useArrivals()
  const foreign = useForeign()

  /** @param name of the file that it is about */
  function tell(error: unknown, name?: string): void {
    const { code } = toSeamError(error)
    if (code === 'cancelled') return
    const { title, text } = failureWords(error, t, locale.value)
    const unheard = name !== undefined && (code === 'bad-input' || code === 'unsupported')
    notify({ kind: 'error', title: unheard ? t('transcribe.unheard', { name }) : title, text })
  }

  async function takeOne(file: File): Promise<string> {
    const stop = new AbortController()
    const cancel = () => stop.abort()
    const onProgress = (progress: Progress) => arriving.show({ name: file.name, progress, cancel })
    onProgress({ done: 0, total: file.size })
    const run = { signal: stop.signal, onProgress }
    try {
      return (await work.takeIn(file, run)).id
    } catch (error) {
      if (toSeamError(error).details['needs'] !== 'ffmpeg') throw error
      arriving.show(undefined)
      if (!(await foreign.ask(file.name))) throw error
      return (await work.takeIn(file, run, true)).id
    }
  }

  const begin = async (jobs: readonly { id: string; name: string }[]) => {
    try {
      await model.onceReady(async () => {
        for (const { id, name } of jobs) work.start(id, t('transcribe.job.title', { name }))
      })
    } catch (error) {
      tell(error)
    }
  }

  return {
    arriving,
    async take(files) {
      const taken: { id: string; name: string }[] = []
      for (const file of files) {
        try {
          taken.push({ id: await takeOne(file), name: file.name })
        } catch (error) {
          tell(error, file.name)
        }
      }
      arriving.show(undefined)
      await list.refresh()
      if (taken.length > 0) await begin(taken)
      return taken.map(({ id }) => id)
    },
    transcribe: (ids, name) => begin(ids.map(id => ({ id, name }))),
  }
}

/** Takes what other apps share with us and what the system opens with us. Call in `setup` of the room. */
export function useSharedSound(opened: (id: string) => void): void {
  const incoming = useIncoming()
  const { take } = useIntake()
  watch(
    () => incoming.waiting.length,
    async () => {
      const files = incoming.take(isSound).flatMap(({ files }) => files)
      if (files.length === 0) return
      const [first, ...more] = await take(files)
      if (first !== undefined && more.length === 0) opened(first)
    },
    { immediate: true },
  )
}
