import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { SeamError } from '#protocol/errors.ts'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { PluginService } from '../../../companion/plugin-types.ts'
import { useStudio } from '../../studio.ts'
import { useTold } from '../notices.ts'

/** Bytes that are fetched without being asked for. */
const SMALL = 32 * 1024 * 1024

/** Whether a link or a player gets it by itself: they send the cookie of our own server, and never a token. */
export const isOurs = (url: string): boolean => url.startsWith('/')

/** @throws SeamError also when it breaks off, so that no half of it is taken for the whole */
export async function wholeOutput(plugins: PluginService, job: string, signal?: AbortSignal): Promise<Blob> {
  const answer = await plugins.stream(job, signal)
  try {
    return await answer.blob()
  } catch (error) {
    if (signal?.aborted) throw new SeamError('cancelled', 'The output isn’t needed any more.', { cause: error })
    throw new SeamError(
      'offline',
      'The output broke off before its end. The companion keeps it: fetch it again when it answers.',
      { cause: error },
    )
  }
}

/**
 * The output of a job as a file with an address for a player, until the component goes. A small one is fetched when
 * the job is over, a large one with `load`.
 * @param isWanted whether the address is needed at all
 * @param wrap what the player is to have around it
 */
export function useWholeOutput(job: () => JobInfo, isWanted: () => boolean, wrap = (output: Blob): Blob => output) {
  const { plugins } = useStudio()
  const told = useTold()
  const file = shallowRef<Blob>()
  const address = ref('')
  const isLoading = ref(false)
  const abort = new AbortController()
  onScopeDispose(() => {
    abort.abort()
    if (address.value) URL.revokeObjectURL(address.value)
  })

  async function fetchAll(): Promise<void> {
    if (isLoading.value || file.value || !isWanted()) return
    isLoading.value = true
    try {
      const output = wrap(await wholeOutput(plugins, job().id, abort.signal))
      if (abort.signal.aborted) return
      file.value = output
      address.value = URL.createObjectURL(output)
    } finally {
      isLoading.value = false
    }
  }
  const load = () => told(fetchAll())
  watch(
    () => isOver(job().state),
    over => over && job().outputBytes <= SMALL && void load(),
    { immediate: true },
  )
  return { file, address, isLoading, load }
}
