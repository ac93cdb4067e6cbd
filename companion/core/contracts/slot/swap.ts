import type { Clock } from '#dialogue/types.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { hostFailure, itsWords } from '../wire/failures.ts'
import type { Entrance } from './entrance.ts'
import type { Instance } from './instance.ts'
import type { Sessions } from './sessions.ts'
import { captureState, restoreState } from './state.ts'

export interface Swap {
  readonly name: string
  readonly old: Instance
  readonly entrance: Entrance
  readonly sessions: Sessions
  readonly clock: Clock
  /** Milliseconds for each of: the new one's start, the end of what is under way, the state. */
  readonly patience: number
  readonly signal?: AbortSignal | undefined
  /** Starts the new one. */
  open(signal: AbortSignal): Promise<Instance>
  /** From now on the new one is called. */
  adopt(instance: Instance): void
}

/**
 * Puts a new process into the place of one that works, between two calls, and with its state. Calls that come meanwhile
 * wait. Whatever goes wrong, the old one goes on.
 * @throws SeamError SWAP_FAILED, or cancelled
 */
export async function swapInstances(swap: Swap): Promise<void> {
  const { name, old, entrance, patience, signal } = swap
  let next: Instance | undefined
  try {
    next = await start(swap)
    entrance.shut()
    await drain(swap)
    if (old.canKeepState && next.canKeepState) {
      await restoreState(next, name, await captureState(old, name, patience), patience)
    }
    signal?.throwIfAborted()
    swap.adopt(next)
  } catch (error) {
    const reason = new SeamError('cancelled', 'It was not needed.')
    next?.end(reason)
    await next?.gone
    if (signal?.aborted)
      throw new SeamError('cancelled', 'The swap was cancelled. The old one goes on.', { cause: error })
    const words = `could not be changed for a new one; the old one goes on. ${itsWords(toSeamError(error), name)}`
    throw hostFailure('SWAP_FAILED', words, old.facts(), error)
  } finally {
    entrance.open()
  }
  await old.shutdown(new SeamError('cancelled', `The plugin “${name}” was changed for a new one.`))
}

async function start({ name, clock, patience, signal, open }: Swap): Promise<Instance> {
  const late = new AbortController()
  const end = clock.after(patience, () => late.abort())
  try {
    return await open(signal ? AbortSignal.any([signal, late.signal]) : late.signal)
  } catch (error) {
    if (!late.signal.aborted) throw error
    throw hostFailure('INITIALIZE_TIMEOUT', `was not ready after ${patience / 1000} seconds.`, { plugin: name }, error)
  } finally {
    end()
  }
}

/** Until nothing is under way. */
async function drain({ name, entrance, sessions, clock, patience }: Swap): Promise<void> {
  const isDrained = () => entrance.active === 0 && sessions.open(clock.now()) === 0
  if (await entrance.drained(clock, patience, isDrained)) return
  const open = sessions.open(clock.now())
  const what = open === 0 ? `${entrance.active} calls` : `${open} streams that were started`
  throw hostFailure('CALL_TIMEOUT', `still works on ${what} after ${patience / 1000} seconds.`, { plugin: name })
}
