import type { PluginInfo } from '#protocol/plugins.ts'
import { firstJoin, formatType, outputFor, parseType, parseTypes, type MediaType } from './media-types.ts'

/** What a plugin can read and write. */
export type Ends = Pick<PluginInfo, 'input' | 'output'>

/** A place in a pipeline: what comes out there. Undefined while nothing says so, and everything fits. */
export type Coming = readonly MediaType[] | undefined

const TEXT: MediaType = { name: 'text/plain', parameters: {} }

/** What a plugin reads when nobody says what comes: the first it names, and text when it takes anything. */
function assumed({ input }: Ends): MediaType | undefined {
  const [first] = parseTypes(input)
  return first?.name === '*/*' ? TEXT : first
}

/** Everything that `step` may write, given what comes. */
function written(step: Ends, coming: Coming): readonly MediaType[] {
  const input = (coming && firstJoin(coming, parseTypes(step.input))) ?? assumed(step)
  if (!input) return []
  return parseTypes(step.output).flatMap(output => outputFor(output, input) ?? [])
}

/**
 * What comes out before each step, and after the last: one more than there are steps.
 * @param steps undefined for one whose plugin is not installed
 * @param inputType of what goes in, while that is known
 */
export function comings(steps: readonly (Ends | undefined)[], inputType: string | undefined): Coming[] {
  const given = inputType === undefined ? undefined : parseType(inputType)
  const all: Coming[] = [given && [given]]
  for (const step of steps) all.push(step && written(step, all.at(-1)))
  return all
}

/** Why a plugin can't stand at a place. */
export interface Refusal {
  /** It can't be used at all; it reads something else than comes; it writes something else than the next one reads. */
  readonly kind: 'broken' | 'reads' | 'writes'
  /** What is written. */
  readonly from: readonly string[]
  /** What is read. */
  readonly to: readonly string[]
}

export interface Choice {
  readonly plugin: PluginInfo
  readonly refusal?: Refusal
}

function refusalOf(plugin: PluginInfo, coming: Coming, next: Ends | undefined): Refusal | undefined {
  if (plugin.problem !== undefined) return { kind: 'broken', from: [], to: [] }
  if (coming && !firstJoin(coming, parseTypes(plugin.input))) {
    return { kind: 'reads', from: coming.map(formatType), to: plugin.input }
  }
  const outputs = written(plugin, coming)
  if (next && !firstJoin(outputs, parseTypes(next.input))) {
    return { kind: 'writes', from: outputs.map(formatType), to: next.input }
  }
  return undefined
}

/**
 * Every plugin as a choice for the place `at` among `steps`, those that fit first. What the companion says of the
 * finished pipeline counts; this only keeps hopeless choices out of the way.
 */
export function choicesAt(
  plugins: readonly PluginInfo[],
  steps: readonly (Ends | undefined)[],
  at: number,
  inputType: string | undefined,
): Choice[] {
  const coming = comings(steps, inputType)[at]
  const next = steps[at]
  const choices = plugins.map((plugin): Choice => {
    const refusal = refusalOf(plugin, coming, next)
    return refusal ? { plugin, refusal } : { plugin }
  })
  return [...choices.filter(({ refusal }) => !refusal), ...choices.filter(({ refusal }) => refusal)]
}
