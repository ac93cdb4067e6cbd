import { STAGES, type OptionValue, type PluginOption } from '#protocol/plugins.ts'
import type { PipelineNode } from '../core/pipelines/cr.ts'
import { planPipeline } from '../core/pipelines/plan.ts'
import type { UsablePlugin } from '../core/plugins/discovery.ts'
import { formatMediaType, isSettled, type MediaType } from '../core/plugins/media-type.ts'
import { settleOptions } from '../core/plugins/options.ts'

/** A plugin that fits at a place of a pipeline. */
export interface Offer {
  readonly plugin: UsablePlugin
  /** What it would read and write there. */
  readonly reads: string
  readonly writes: string
}

interface Row {
  readonly nodes: readonly PipelineNode[]
  readonly plugins: readonly UsablePlugin[]
  /** Of what goes in; the first type that the first plugin reads when absent. */
  readonly inputType?: MediaType | undefined
}

/** Types that something here can begin with, text before sound. */
export function inputTypes(plugins: readonly UsablePlugin[]): MediaType[] {
  const types = new Map<string, MediaType>()
  for (const { manifest } of plugins) {
    for (const type of manifest.input) if (isSettled(type)) types.set(formatMediaType(type), type)
  }
  const rank = (name: string) => ['text/', 'application/', 'audio/'].findIndex(kind => name.startsWith(kind))
  return [...types].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)).map(([, type]) => type)
}

/**
 * Plugins that may stand at `at`, so that each neighbour writes what the next reads; ordered by stage and name. The
 * rules are the plan's own, options left aside: they are asked for later.
 */
export function offersAt({ nodes, plugins, inputType }: Row, at: number): Offer[] {
  const bare = plugins.map(plugin => ({ ...plugin, manifest: { ...plugin.manifest, options: {} } }))
  const row = nodes.map(node => ({ ...node, options: {} }))
  return plugins
    .flatMap(plugin => {
      const { plan } = planPipeline({
        pipeline: {
          name: 'draft',
          version: '1',
          description: '',
          nodes: row.toSpliced(at, 0, { id: freshId(nodes, plugin.id), plugin: plugin.id, options: {} }),
        },
        plugins: bare,
        models: '',
        ...(inputType && { inputType }),
      })
      const handshake = plan?.nodes[at]?.handshake
      return handshake ? [{ plugin, reads: handshake.input_type, writes: handshake.output_type }] : []
    })
    .sort(
      ({ plugin: a }, { plugin: b }) =>
        STAGES.indexOf(a.manifest.stage) - STAGES.indexOf(b.manifest.stage) || (a.id < b.id ? -1 : 1),
    )
}

/** An id that no node has: the plugin's name, with a number where it stands twice. */
export function freshId(nodes: readonly PipelineNode[], plugin: string): string {
  const taken = new Set(nodes.map(({ id }) => id))
  if (!taken.has(plugin)) return plugin
  let number = 2
  while (taken.has(`${plugin}-${number}`)) number++
  return `${plugin}-${number}`
}

/** Options that must be asked for: required, without a default, and not set. */
export function missingOptions(options: Readonly<Record<string, PluginOption>>, given: object): string[] {
  return Object.entries(options)
    .filter(([name, option]) => option.required && option.default === undefined && !Object.hasOwn(given, name))
    .map(([name]) => name)
}

/** What is wrong with a value, as a sentence; undefined when nothing is. */
export function valueFault(name: string, option: PluginOption, value: unknown): string | undefined {
  const [problem] = settleOptions({ [name]: option }, { [name]: value }, '').problems
  return problem?.replace(/^: t/, 'T')
}

/** One line on an option: its type, its range and its default. */
export function optionHint({ type, min, max, default: standard }: PluginOption, value?: unknown): string {
  const range = min === undefined && max === undefined ? '' : `, ${min ?? ''}…${max ?? ''}`
  const now = value === undefined ? standard : (value as OptionValue)
  return `${type}${range}${now === undefined ? '' : `: ${String(now)}`}`
}
