import { availableParallelism } from 'node:os'
import type { FoundPlugin } from '../plugins/discovery.ts'
import { allEnded, Trial, type CaseResult } from './trial.ts'

/** Plugins tried at a time, where nothing else is said. */
export const USUAL_JOBS = Math.min(4, availableParallelism())

export interface KitOptions {
  /** Folder of the weights. */
  readonly models: string
  /** Plugins at a time. With 1, nothing runs beside anything else. */
  readonly jobs?: number
  readonly signal?: AbortSignal
  /** Called in the order of plugins and rules, whatever the order in which they end. */
  readonly onResult?: (plugin: FoundPlugin, result: CaseResult) => void
}

/** What was found of one plugin, in the order of the rules. */
export interface Suite {
  readonly plugin: FoundPlugin
  readonly results: readonly CaseResult[]
}

/**
 * Runs every rule of docs/plugin-protocol.md against plugins, over real pipes. Rules that a clock decides come when all
 * else is done, one by one, so that no neighbour takes their time. @throws SeamError cancelled
 */
export async function testPlugins(
  plugins: readonly FoundPlugin[],
  { models, jobs = USUAL_JOBS, signal, onResult }: KitOptions,
): Promise<readonly Suite[]> {
  let told = 0
  const tell = () => {
    while (told < trials.length && trials[told]!.tell(result => onResult?.(trials[told]!.plugin, result))) told++
  }
  const trials: readonly Trial[] = plugins.map(plugin => new Trial(plugin, { models, signal, onFound: tell }))
  for (const group of jobs > 1 ? [trials] : trials.map(trial => [trial])) {
    await someAtATime(group, jobs, trial => trial.runInCompany(jobs > 1))
    for (const trial of group) await trial.runAlone()
  }
  return trials.map(({ plugin, results }) => ({ plugin, results }))
}

async function someAtATime<T>(items: readonly T[], count: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await allEnded(Array.from({ length: count }, worker))
}
