import { computed, shallowRef } from 'vue'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelEntry, ModelFile, ModelVariant } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import { useJobs, type Job, type StartedJob } from './jobs.ts'

/** One model that work needs. */
export interface Need {
  readonly entry: ModelEntry
  /** What it may be fetched as, the likeliest first. */
  readonly choices: readonly ModelVariant[]
  /** What does once it is here, also where nobody would fetch it as that. */
  readonly enough: readonly ModelVariant[]
  /** The work goes on without it when it can't be had. */
  readonly optional?: boolean
}

/** What is asked of the user when weights are not here. */
export interface Offer {
  readonly needs: readonly Need[]
  /** Bytes still to fetch. */
  readonly bytes: number
}

/** An offer as ModelOffer.vue shows it. */
export interface ModelOffering {
  readonly offer: Offer | undefined
  readonly progress: Job | undefined
  readonly fetching: boolean
  readonly failure: SeamError | undefined
  /** @param title of the job, in the user's language */
  accept(title: string): Promise<void>
  decline(): void
  cancel(): void
}

/** The part of the model store that is needed. */
interface Weights {
  state(
    model: ModelEntry,
    variant: ModelVariant,
  ): Promise<
    | { readonly state: 'absent' | 'ready' | 'damaged' }
    | { readonly state: 'partial'; readonly have: number; readonly bytes: number }
  >
  pull(model: ModelEntry, variant: ModelVariant, run?: Run): Promise<void>
}

const sizeOf = (files: readonly ModelFile[]) => files.reduce((sum, { bytes }) => sum + bytes, 0)

const forAnyDevice = ({ device }: ModelVariant) => device !== 'webgpu'

/**
 * What a model can be fetched as, for a device of any kind.
 * @param reach whether there is a companion, and whether hubs may be asked
 * @param suits whether this device can use a variant
 */
export function needOf(entry: ModelEntry, reach: { companion: boolean; hub: boolean }, suits = forAnyDevice): Need {
  const choices = entry.variants
    .filter(forAnyDevice)
    .filter(({ sources }) => reach.hub || sources.length === 0 || sources.some(({ kind }) => kind === 'companion'))
  // Without a companion only files that a hub serves can be had: try those first.
  const reachable = ({ sources }: ModelVariant) => Number(reach.companion || sources.some(({ kind }) => kind === 'hub'))
  return {
    entry,
    choices: choices.toSorted((a, b) => reachable(b) - reachable(a)),
    // A voice falls back on the processor, and needs its build; a recogniser runs on whichever is here.
    enough: entry.variants.filter(entry.task === 'transcribe' ? suits : forAnyDevice),
  }
}

/** Of `needs`, those whose weights are not on this device. */
export async function notHere(models: Weights, needs: readonly Need[]): Promise<readonly Need[]> {
  const isReady = async ({ entry, enough }: Need) => {
    for (const variant of enough) if ((await models.state(entry, variant)).state === 'ready') return true
    return false
  }
  const ready = await Promise.all(needs.map(isReady))
  return needs.filter((_, at) => !ready[at])
}

async function bytesLeft(models: Weights, { entry, choices }: Need): Promise<number> {
  const [first] = choices
  if (!first) return 0
  const now = await models.state(entry, first)
  if (now.state === 'partial') return Math.max(0, now.bytes - now.have)
  return sizeOf(entry.shared) + sizeOf(first.files)
}

/** Fetches one model, from the first choice that can be had. */
async function pull(models: Weights, { entry, choices, optional }: Need, run: Run): Promise<void> {
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
  if (!optional) throw failure
}

/** Offers weights, fetches them in the job tray, and then goes on with what was wanted. Call in a store's setup. */
export function createModelOffer(models: Weights, persist: () => Promise<boolean>) {
  const jobs = useJobs()
  const offer = shallowRef<Offer>()
  const jobId = shallowRef<string>()
  const failure = shallowRef<SeamError>()
  let job: StartedJob<void> | undefined
  let wanted: (() => Promise<void>) | undefined

  const progress = computed(() => jobs.jobs.find(({ id }) => id === jobId.value))
  const fetching = computed(() => progress.value?.state === 'running')

  /** @param action done once they are here */
  async function ask(needs: readonly Need[], action: () => Promise<void>): Promise<void> {
    wanted = action
    if (fetching.value) return
    const left = await Promise.all(needs.map(need => bytesLeft(models, need)))
    failure.value = undefined
    jobId.value = undefined
    offer.value = { needs, bytes: left.reduce((sum, bytes) => sum + bytes, 0) }
  }

  /** @param title of the job, in the user's language */
  async function accept(title: string): Promise<void> {
    const accepted = offer.value
    if (!accepted || fetching.value) return
    failure.value = undefined
    // A refusal costs nothing: the browser may then evict the weights when it runs short.
    void persist().catch(() => false)
    job = jobs.start({
      title,
      kind: 'model',
      run: async run => {
        let before = 0
        for (const need of accepted.needs) {
          let now = 0
          await pull(models, need, {
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
    ask,
    accept,
    decline,
    cancel: () => job?.cancel(),
  }
}
