import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { CATALOGUE } from '#engine/catalogue.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelEntry, ModelFile, ModelVariant } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import type { Lang } from '#protocol/speech.ts'
import { useJobs, type StartedJob } from '../../ui/jobs.ts'
import { usePreferences } from '../../ui/preferences.ts'
import type { ModelStore } from '../../storage/types.ts'
import { useStudio } from '../studio.ts'

/** One model that a voice needs, with the choices of files that would do, the likeliest first. */
export interface Need {
  readonly entry: ModelEntry
  readonly choices: readonly ModelVariant[]
}

/** What is asked of the user when a voice's weights are not here. */
export interface ModelOffer {
  readonly needs: readonly Need[]
  /** Bytes still to fetch. */
  readonly bytes: number
}

const sizeOf = (files: readonly ModelFile[]) => files.reduce((sum, { bytes }) => sum + bytes, 0)

function choicesOf(entry: ModelEntry, companion: boolean): readonly ModelVariant[] {
  const small = entry.variants.filter(({ device }) => device !== 'webgpu')
  // Without a companion only files that a hub serves can be had: try those first.
  const reachable = ({ sources }: ModelVariant) => Number(companion || sources.some(({ kind }) => kind === 'hub'))
  return small.toSorted((a, b) => reachable(b) - reachable(a))
}

async function isReady(models: ModelStore, { entry, choices }: Need): Promise<boolean> {
  for (const choice of choices) if ((await models.state(entry, choice)).state === 'ready') return true
  return false
}

async function bytesLeft(models: ModelStore, { entry, choices }: Need): Promise<number> {
  const [first] = choices
  if (!first) return 0
  const all = sizeOf(entry.shared) + sizeOf(first.files)
  const now = await models.state(entry, first)
  return now.state === 'partial' ? Math.max(0, now.bytes - now.have) : all
}

/** Fetches one model, from the first choice that can be had. */
async function pull(models: ModelStore, { entry, choices }: Need, run: Run): Promise<void> {
  let failure: unknown = new SeamError('not-found', `There is nowhere to fetch ${entry.name} from.`)
  for (const choice of choices) {
    try {
      return await models.pull(entry, choice, run)
    } catch (error) {
      failure = error
      const { code } = toSeamError(error)
      if (code !== 'offline' && code !== 'not-found') throw error
    }
  }
  throw failure
}

/** Offers the weights that speaking needs, fetches them, and then goes on with what was wanted. */
export const useNarrateModel = defineStore('narrate/model', () => {
  const studio = useStudio()
  const jobs = useJobs()
  const preferences = usePreferences()

  const offer = shallowRef<ModelOffer>()
  const jobId = shallowRef<string>()
  const failure = shallowRef<SeamError>()
  let job: StartedJob<void> | undefined
  let wanted: (() => Promise<void>) | undefined

  const progress = computed(() => jobs.jobs.find(({ id }) => id === jobId.value))
  const fetching = computed(() => progress.value?.state === 'running')

  /**
   * @param also a model that somebody missed, though not everybody needs it
   * @param langs languages that are spoken
   */
  async function missing(also?: unknown, langs: ReadonlySet<Lang> = new Set()): Promise<readonly Need[]> {
    const companion = studio.companion.state === 'paired' || studio.companion.status !== undefined
    const needs = CATALOGUE.filter(
      ({ id, task, isDefault, languages }) =>
        id === also || (task !== 'transcribe' && (isDefault || languages.some(lang => langs.has(lang)))),
    ).map(entry => ({
      entry,
      choices: choicesOf(entry, companion).filter(
        ({ sources }) => preferences.hub || sources.length === 0 || sources.some(({ kind }) => kind === 'companion'),
      ),
    }))
    // What the companion speaks with need not be here.
    const there = studio.speech.elsewhere === 'used' ? (studio.companion.status?.models ?? []) : []
    const has = (wanted: string) => there.some(({ id, complete }) => complete && id === wanted)
    const ready = await Promise.all(needs.map(need => has(need.entry.id) || isReady(studio.models, need)))
    return needs.filter((_, at) => !ready[at])
  }

  async function ask(needs: readonly Need[], action: () => Promise<void>): Promise<void> {
    wanted = action
    if (fetching.value) return
    const left = await Promise.all(needs.map(need => bytesLeft(studio.models, need)))
    failure.value = undefined
    jobId.value = undefined
    offer.value = { needs, bytes: left.reduce((sum, bytes) => sum + bytes, 0) }
  }

  /** Does `action`; when it finds no weights, offers them and does it once they are here. @throws SeamError */
  async function whenReady(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      const seen = toSeamError(error)
      if (seen.code !== 'not-found') throw error
      const needs = await missing(seen.details?.['model'])
      if (needs.length === 0) throw error
      await ask(needs, action)
    }
  }

  /**
   * The same for work that is not to begin in vain: looks first.
   * @param langs of the text and its voices
   * @throws SeamError
   */
  async function onceReady(action: () => Promise<void>, langs: ReadonlySet<Lang>): Promise<void> {
    const needs = await missing(undefined, langs)
    if (needs.length > 0) await ask(needs, action)
    else await action()
  }

  /** @param title of the job, in the user's language */
  async function accept(title: string): Promise<void> {
    const accepted = offer.value
    if (!accepted || fetching.value) return
    failure.value = undefined
    // A refusal costs nothing: the browser may then evict the weights when it runs short.
    void studio.meter.persist().catch(() => false)
    job = jobs.start({
      title,
      kind: 'model',
      run: async run => {
        let before = 0
        for (const need of accepted.needs) {
          let now = 0
          await pull(studio.models, need, {
            signal: run.signal,
            onProgress: ({ done, total }) => {
              now = total ?? done
              const sum = Math.max(accepted.bytes, before + now)
              run.onProgress({ done: before + done, total: sum, what: 'models.downloading' })
            },
          })
          before += now
        }
      },
    })
    jobId.value = job.id
    try {
      await job.done
    } catch (error) {
      const seen = toSeamError(error)
      if (seen.code === 'cancelled') decline()
      else failure.value = seen
      return
    }
    const next = wanted
    decline()
    await next?.()
  }

  /** Closes the offer. What is being fetched goes on in the job tray. */
  function decline() {
    offer.value = undefined
    if (!fetching.value) wanted = undefined
  }

  return {
    offer: computed(() => offer.value),
    progress,
    fetching,
    failure: computed(() => failure.value),
    whenReady,
    onceReady,
    accept,
    decline,
    cancel: () => job?.cancel(),
  }
})
