import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { Transcript } from '../../storage/transcripts-types.ts'
import { useJobs, type Job } from '../../ui/jobs.ts'
import { useStudio } from '../studio.ts'
import { appendCaption, newTranscript, titleOf } from './document.ts'
import { useKept } from './kept.ts'
import { useChoice } from './store-choice.ts'
import { copyTo, COPY_RATE, needsCopy, wavOf } from './sound.ts'
import { useDesk, type Session } from './store-desk.ts'
import { lengthOf, transcribe } from './transcribing.ts'

/** Turns files into words, one after the other: each uses all threads that there are. */
export const useTranscribing = defineStore('transcribe/work', () => {
  const studio = useStudio()
  const jobs = useJobs()
  const desk = useDesk()
  const kept = useKept()
  const choice = useChoice()
  /** Which job of the tray works on which transcript. */
  const work = shallowRef<ReadonlyMap<string, string>>(new Map())
  let queue: Promise<unknown> = Promise.resolve()

  /** Runs `job` when those before it are over; whoever is stopped does not wait. */
  async function inTurn<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    const before = queue
    const { promise: mine, resolve } = Promise.withResolvers<void>()
    queue = before.then(() => mine)
    try {
      const stopped = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new SeamError('cancelled', 'Cancelled.')), { once: true }),
      )
      signal.throwIfAborted()
      await Promise.race([before, stopped])
      return await job()
    } finally {
      resolve()
    }
  }

  /**
   * Keeps a file and gives it a transcript without words.
   * @param ffmpeg whether the user has agreed to FFmpeg
   * @throws SeamError bad-input, unsupported (nothing that can be heard), quota, cancelled: nothing is left of it then
   */
  async function takeIn(file: File, run: Run = {}, ffmpeg = false): Promise<Transcript> {
    const sound = await studio.soundFile(file, { ...run, ffmpeg })
    const { duration } = sound
    sound.close()
    const store = await kept()
    const about = { kind: 'file', name: file.name, type: file.type } as const
    const source = ffmpeg ? { ...about, ffmpeg: true as const } : about
    const fresh = newTranscript(source, titleOf(file.name), choice.lang)
    const created = await store.create({ ...fresh, ...(duration === undefined ? {} : { duration }) })
    try {
      await store.keepFile(created.id, file, run)
    } catch (error) {
      await store.remove(created.id).catch(() => undefined)
      throw error
    }
    return created
  }

  /** One tab at a time works on a transcript. @throws SeamError conflict */
  async function alone<T>(id: string, job: () => Promise<T>): Promise<T> {
    if (!navigator.locks) return job()
    return (await navigator.locks.request(`voxloom-transcribe/${id}`, { ifAvailable: true }, lock => {
      if (lock) return job()
      throw new SeamError('conflict', 'Another tab is transcribing this sound. Nothing was changed; look there.')
    })) as T
  }

  async function listen(session: Session, run: Required<Run>): Promise<void> {
    const store = await kept()
    const { file, pcm } = await store.sound(session.id)
    const { source, reached: skip, lang } = session.transcript.value
    const blob = file ?? (pcm && wavOf(pcm))
    if (!blob) {
      throw new SeamError(
        'not-found',
        'The sound of this transcript is no longer in the browser’s storage. Its words are kept; add the file again.',
      )
    }
    session.add({ ...session.transcript.value, state: 'working' })
    const sound = await studio.soundFile(blob, { ...run, ffmpeg: source.ffmpeg === true })
    const copy = file && needsCopy(source) ? copyTo(await store.writer(session.id, COPY_RATE)) : undefined
    const expected = sound.duration ?? session.transcript.value.duration
    const total = expected === undefined ? {} : { total: expected }
    if (expected !== undefined) session.add({ ...session.transcript.value, duration: expected })
    let duration = 0
    try {
      const heard = transcribe({
        transcriber: choice.transcriber,
        sound: sound.sound({ signal: run.signal }),
        skip,
        // It may have been begun with another transcriber.
        lang: choice.understood(lang) ?? choice.lang,
        run: {
          signal: run.signal,
          onProgress: ({ done }) => run.onProgress({ done, ...total, what: 'transcribe.job.listening' }),
        },
        async tap(chunk) {
          duration += lengthOf(chunk)
          await copy?.take(chunk)
        },
      })
      for await (const { caption, offset } of heard) {
        if (caption.final) session.add(appendCaption(session.transcript.value, caption, offset))
      }
      run.signal.throwIfAborted()
      await copy?.end()
      session.add({
        ...session.transcript.value,
        duration,
        reached: duration,
        state: 'done',
        ...(copy ? { listen: 'pcm' as const } : {}),
      })
    } finally {
      sound.close()
    }
  }

  /** Transcribes, or goes on where it stopped, in the job tray. What is there is kept whatever happens. */
  function start(id: string, title: string): void {
    if (jobOf(id)) return
    const job = jobs.start({
      title,
      kind: 'transcribe',
      async run(run) {
        run.onProgress({ done: 0, what: 'transcribe.job.waiting' })
        await inTurn(run.signal, () =>
          alone(id, async () => {
            const session = await desk.acquire(id)
            try {
              await listen(session, run)
            } catch (error) {
              session.add({ ...session.transcript.value, state: 'stopped' })
              throw error
            } finally {
              await desk.release(id)
            }
          }),
        )
      },
    })
    work.value = new Map(work.value).set(id, job.id)
  }

  /** The job that works on a transcript now. */
  function jobOf(id: string): Job | undefined {
    const job = work.value.get(id)
    return jobs.running.find(({ id }) => id === job)
  }

  return {
    takeIn,
    start,
    jobOf,
    cancel(id: string) {
      const job = work.value.get(id)
      if (job) jobs.cancel(job)
    },
    busy: computed(() => jobs.running.some(({ kind }) => kind === 'transcribe')),
  }
})
