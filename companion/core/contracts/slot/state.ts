import type { Json, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { hostFailure } from '../wire/failures.ts'
import { MAX_STATE } from '../wire/limits.ts'
import { fromJson, toJson } from '../wire/values.ts'
import type { Ask } from './calls.ts'
import type { Instance } from './instance.ts'

/** @throws SeamError unsupported, STATE_TOO_LARGE, or the plugin's own */
export async function captureState(instance: Instance, plugin: string, ask: Ask): Promise<Json> {
  requireState(instance, plugin)
  const state = toJson(await instance.ask('capture_state', {}, ask))
  const size = Buffer.byteLength(JSON.stringify(state))
  if (size <= MAX_STATE) return state
  throw hostFailure('STATE_TOO_LARGE', `told a state of ${size} bytes, more than ${MAX_STATE}.`, { plugin })
}

/** @throws SeamError unsupported, STATE_TOO_LARGE, or the plugin's own */
export async function restoreState(instance: Instance, plugin: string, state: Json, ask: Ask): Promise<void> {
  requireState(instance, plugin)
  const size = Buffer.byteLength(JSON.stringify(state))
  if (size > MAX_STATE) {
    throw hostFailure('STATE_TOO_LARGE', `takes a state of ${MAX_STATE} bytes, and this has ${size}.`, { plugin })
  }
  const value: WireValue = fromJson(state)
  await instance.ask('restore_state', { state: value }, ask)
}

/** Whether there is nothing in it that could be lost. */
export const isEmptyState = (state: Json): boolean =>
  state === null || (typeof state === 'object' && Object.keys(state).length === 0)

function requireState({ canKeepState }: Instance, plugin: string): void {
  if (canKeepState) return
  throw new SeamError('unsupported', `The plugin “${plugin}” has no state that could be kept.`, { details: { plugin } })
}
