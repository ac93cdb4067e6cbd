import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ModelEntry } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment } from '#protocol/speech.ts'
import type { ModelState } from '../../storage/types.ts'
import { useJobs, type Job, type StartedJob } from '../../ui/jobs.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'
import { ROWS, type ModelRow } from './catalogue.ts'

/** Said to measure how fast this device speaks: long enough to be steady, short enough to wait for. */
const PROBE =
  'The harbour was quiet that morning, and the boats lay side by side while the tide came slowly in around them.'

/** Which models are here, and the work on them. Outlives the room, as downloads do. */
export const useModels = defineStore('models', () => {
  const studio = useStudio()
  const jobs = useJobs()
  const preferences = usePreferences()
  const states = shallowRef<ReadonlyMap<string, ModelState>>(new Map())
  const failure = shallowRef<unknown>()
  /** Of everything that is kept, files that several builds share counted once. */
  const bytesHere = shallowRef(0)
  /** Which job works on which row. */
  const work = shallowRef<ReadonlyMap<string, string>>(new Map())

  function note(row: ModelRow, state: ModelState): void {
    states.value = new Map(states.value).set(row.key, state)
  }

  async function look(rows: readonly ModelRow[]): Promise<void> {
    for (const row of rows) note(row, await studio.models.state(row.model, row.variant))
    bytesHere.value = await studio.models.size()
  }

  /** Reads the state of every row. A failure is kept in `failure`. */
  async function refresh(): Promise<void> {
    failure.value = undefined
    try {
      await look(ROWS)
    } catch (error) {
      failure.value = error
    }
  }

  function start<T>(row: ModelRow, title: string, run: (run: Required<Run>) => Promise<T>): StartedJob<T> {
    const started = jobs.start({
      title,
      kind: 'model',
      // A retry from the tray comes through here, too, so that the row follows.
      run: async options => {
        try {
          return await run(options)
        } finally {
          await look(ROWS.filter(({ model }) => model === row.model)).catch(() => undefined)
        }
      },
    })
    work.value = new Map(work.value).set(row.key, started.id)
    return started
  }

  const pull = (row: ModelRow, title: string) =>
    start(row, title, run => studio.models.pull(row.model, row.variant, run))

  const verify = (row: ModelRow, title: string) =>
    start(row, title, run => studio.models.verify(row.model, row.variant, run))

  const remove = (model: ModelEntry, title: string) => {
    const row = ROWS.find(other => other.model === model)
    return row && start(row, title, () => studio.models.remove(model))
  }

  /** Speaks one sentence that nobody hears; `studio.speech.report` has the speed afterwards. */
  const measure = (title: string) =>
    jobs.start({
      title,
      kind: 'measure',
      run: async run => {
        async function* probe(): AsyncGenerator<Segment> {
          yield {
            id: 'probe',
            text: PROBE,
            lang: preferences.lang,
            voice: [{ id: preferences.voice, weight: 1 }],
            speed: 1,
            lexicon: [],
            pauseAfter: 0,
          }
        }
        for await (const chunk of studio.speech.speak(probe(), run)) run.onProgress({ done: chunk.at })
      },
    })

  /** The job that works on `row` now. */
  function jobOf(row: ModelRow): Job | undefined {
    const id = work.value.get(row.key)
    return jobs.running.find(job => job.id === id)
  }

  /** Whether anything is being fetched or checked. */
  const busy = computed(() => jobs.running.some(job => job.kind === 'model'))

  return { states, failure, busy, bytesHere, refresh, pull, verify, remove, measure, jobOf }
})
