import type { ContractInfo, ContractLight } from '#protocol/contracts.ts'
import { CONTRACT_ERRORS, type ContractFailure } from '#protocol/contract-errors.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Translate } from './failure.ts'

/** What a plugin's light shows: one shape, one colour and one word each. */
export type LightLook = 'ready' | 'busy' | 'starting' | 'off' | 'needs' | 'failed' | 'quarantined' | 'broken'

const LOOKS = {
  UNLOADED: 'off',
  INITIALIZING: 'starting',
  READY: 'ready',
  BUSY: 'busy',
  ERROR: 'failed',
  SHUTTING_DOWN: 'off',
  STOPPED: 'off',
} as const

type Lit = ContractLight & Pick<ContractInfo, 'problem'>

/** How a plugin is, with the worst of it first. Red is for what broke, and not for what waits for somebody. */
export function lightLook({ status, ailment, need, quarantined, problem }: Lit): LightLook {
  if (problem !== undefined) return 'broken'
  if (quarantined) return 'quarantined'
  if (need !== undefined || ailment?.need !== undefined) return 'needs'
  return ailment ? 'failed' : LOOKS[status]
}

/** The same in words. */
export function lightWords(light: Lit, t: Translate): string {
  const look = lightLook(light)
  if (look === 'broken' || look === 'quarantined') return t(`contract.light.${look}`, {})
  const { status, ailment, need } = light
  if (need !== undefined) return t(`contract.light.need.${need}`, {})
  if (ailment?.need !== undefined) return t(`contract.light.ailment.${ailment.need}`, {})
  return t(`contract.light.${ailment ? 'ERROR' : status}`, {})
}

const TROUBLES: ReadonlySet<LightLook> = new Set(['needs', 'failed', 'quarantined', 'broken'])

/** Whether a plugin can't work as things are. */
export const isInTrouble = (light: Lit): boolean => TROUBLES.has(lightLook(light))

/** A name for a list that shows no lights: what is wrong with its plugin stands behind it. */
export const withTrouble = (name: string, light: Lit | undefined, t: Translate): string =>
  light && isInTrouble(light) ? `${name} – ${lightWords(light, t)}` : name

const CODES: ReadonlySet<unknown> = new Set(CONTRACT_ERRORS.map(({ code }) => code))
/** Failures that the companion names itself: none of them may be without words. */
const NAMED: Readonly<Record<ContractFailure, true>> = {
  SPAWN_FAILED: true,
  INTERPRETER_MISSING: true,
  DEPENDENCIES_MISSING: true,
  BUILD_MISSING: true,
  CONFIG_INVALID: true,
  INITIALIZE_FAILED: true,
  INITIALIZE_TIMEOUT: true,
  CALL_TIMEOUT: true,
  EXITED: true,
  LINE_TOO_LARGE: true,
  ATTACHMENT_TOO_LARGE: true,
  NOT_UTF8: true,
  TOO_MANY_FAULTS: true,
  BAD_RESULT: true,
  QUARANTINED: true,
  SWAP_FAILED: true,
  STATE_TOO_LARGE: true,
  TOO_MANY_CALLS: true,
}
const isNamed = (failure: unknown): failure is ContractFailure =>
  typeof failure === 'string' && Object.hasOwn(NAMED, failure)

/** What failed in a plugin, by its code; undefined when the error has none that contracts know. */
export function contractFailure(error: unknown, t: Translate): { title: string; text: string } | undefined {
  const { details, message } = toSeamError(error)
  const { code, failure } = details
  const key = CODES.has(code) ? `code.${code}` : isNamed(failure) ? `failure.${failure}` : undefined
  return key === undefined ? undefined : { title: t(`contract.${key}`, {}), text: message }
}
