import type { MethodSpec } from '#protocol/contract-methods.ts'
import { SeamError } from '#protocol/errors.ts'
import { nearest } from '../../nearest.ts'
import type { OfferedMethod } from '../types.ts'

/** The host's own part: nobody else may call these. */
const LIFE = ['initialize', 'shutdown', 'capture_state', 'restore_state']
/** Every plugin has it. */
const HEALTH = 'health_check'

/**
 * How a method is to be called; undefined where the contract does not say it, and the plugin does.
 * @param specs of the contract; empty when nobody knows it, and then everything passes
 * @throws SeamError not-found
 */
export function specOf(
  method: string,
  specs: readonly MethodSpec[],
  offered: readonly OfferedMethod[],
  plugin: string,
): MethodSpec | undefined {
  const spec = specs.find(({ name }) => name === method)
  if (spec) return spec
  const isHost = LIFE.includes(method) || method.startsWith('$/')
  const isKnown = specs.length === 0 || method === HEALTH || offered.some(({ name }) => name === method)
  if (isKnown && !isHost) return undefined
  const names = [...specs, ...offered].map(({ name }) => name)
  const close = nearest(method, names)
  const hint = close === undefined ? '' : ` Did you mean “${close}”?`
  throw new SeamError('not-found', `“${method}” is no method of the plugin “${plugin}” that can be called.${hint}`)
}
