import type { Clock } from '#dialogue/types.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { hostFailure, itsWords } from '../wire/failures.ts'
import type { Entrance } from './entrance.ts'
import type { Instance } from './instance.ts'
import type { Sessions } from './sessions.ts'
import { captureState, isEmptyState, restoreState } from './state.ts'

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
  /** From now on the new one is called. @throws SeamError when it may not be */
  adopt(instance: Instance): void
}

/**
 * Puts a new process into the place of one that works, between two calls, and with its state. Calls that come meanwhile
 * wait. Whatever goes wrong, the old one goes on; if that one dies meanwhile, the new one takes its place without the
 * state, as after any death.
 * @throws SeamError SWAP_FAILED, or cancelled
 */
export async function swapInstances(swap: Swap): Promise<void> {
  const { name, old, entrance, signal } = swap
  let next: Instance | undefined
  try {
    next = await start(swap)
    entrance.shut()
    await drain(swap)
    await moveState(swap, next)
    signal?.throwIfAborted()
    if (next.isGone) throw await next.gone
    swap.adopt(next)
  } catch (error) {
    const reason = new SeamError('cancelled', 'It was not needed.')
    next?.end(reason)
    await next?.gone
    const end = old.isGone ? 'the old one is gone, too' : 'the old one goes on'
    if (signal?.aborted) throw new SeamError('cancelled', `The swap was cancelled; ${end}.`, { cause: error })
    const words = `could not be changed for a new one; ${end}. ${itsWords(toSeamError(error), name)}`
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
async function drain({ name, old, entrance, sessions, clock, patience, signal }: Swap): Promise<void> {
  const isDrained = () => old.isGone || (entrance.active === 0 && sessions.open(clock.now()) === 0)
  // It may be idle but for a stream that somebody started: then nothing but this tells that it is gone.
  const gone = new AbortController()
  void old.gone.then(() => gone.abort())
  const stop = signal ? AbortSignal.any([signal, gone.signal]) : gone.signal
  if (await entrance.drained(clock, patience, isDrained, stop)) return
  signal?.throwIfAborted()
  const open = sessions.open(clock.now())
  const what = open === 0 ? `${entrance.active} calls` : `${open} streams that were started`
  throw hostFailure('CALL_TIMEOUT', `still works on ${what} after ${patience / 1000} seconds.`, { plugin: name })
}

/** What the old one keeps, into the new one. */
async function moveState({ name, old, patience: timeout, signal }: Swap, next: Instance): Promise<void> {
  if (!old.canKeepState) return
  const ask = { timeout, signal }
  const state = await captureState(old, name, ask).catch((error: unknown) => {
    if (!old.isGone) throw error
    return undefined
  })
  if (state === undefined) return
  if (next.canKeepState) return restoreState(next, name, state, ask)
  if (isEmptyState(state)) return
  const words = 'keeps state, and the new one does not: it would be lost. Unload the plugin first if it may be.'
  throw hostFailure('SWAP_FAILED', words, { plugin: name })
}
