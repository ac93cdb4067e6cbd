import type { OptionValue } from '#protocol/plugins.ts'
import type { Pipeline, PipelineNode } from '../../companion/plugin-types.ts'

/** What names pipelines and their steps; a saved pipeline's file is called the same. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Steps of a pipeline: each is a process. */
export const MAX_STEPS = 32

export const EMPTY: Pipeline = { name: 'pipeline', version: '1', nodes: [] }

/** An id for a step that nobody else in the pipeline has: the plugin's own name, with a number when it stands twice. */
export function freshId(nodes: readonly PipelineNode[], plugin: string): string {
  const base = NAME.test(plugin) ? plugin.slice(0, 60) : 'step'
  const taken = new Set(nodes.map(({ id }) => id))
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`
    if (!taken.has(id)) return id
  }
}

export function added({ nodes, ...rest }: Pipeline, plugin: string, at: number): Pipeline {
  return { ...rest, nodes: nodes.toSpliced(at, 0, { id: freshId(nodes, plugin), plugin }) }
}

/** Puts a step that was taken out back, as near to its old place as there still is one. */
export function putBack(pipeline: Pipeline, node: PipelineNode, at: number): Pipeline {
  const { nodes } = pipeline
  const id = nodes.some(other => other.id === node.id) ? freshId(nodes, node.plugin) : node.id
  return { ...pipeline, nodes: nodes.toSpliced(Math.min(at, nodes.length), 0, { ...node, id }) }
}

export function removed(pipeline: Pipeline, at: number): Pipeline {
  return { ...pipeline, nodes: pipeline.nodes.toSpliced(at, 1) }
}

/** Moves a step to the place `to`; past either end nothing moves. */
export function moved(pipeline: Pipeline, at: number, to: number): Pipeline {
  const node = pipeline.nodes[at]
  if (!node || to < 0 || to >= pipeline.nodes.length || to === at) return pipeline
  return { ...pipeline, nodes: pipeline.nodes.toSpliced(at, 1).toSpliced(to, 0, node) }
}

/** Sets an option; undefined takes it away, so that the plugin's default holds. */
export function withOption(pipeline: Pipeline, at: number, option: string, value: OptionValue | undefined): Pipeline {
  const node = pipeline.nodes[at]
  if (!node) return pipeline
  const { options = {}, ...bare } = node
  const { [option]: _, ...others } = options
  const kept = value === undefined ? others : { ...options, [option]: value }
  const next = Object.keys(kept).length > 0 ? { ...bare, options: kept } : bare
  return { ...pipeline, nodes: pipeline.nodes.with(at, next) }
}

/** Whether two pipelines do the same: the order of options and empty ones do not count. */
export function isSame(a: Pipeline, b: Pipeline): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b))
}

function plain({ name, version = '1', description = '', nodes }: Pipeline) {
  const sorted = (options: object = {}) => Object.entries(options).sort(([x], [y]) => (x < y ? -1 : 1))
  return [name, version, description, nodes.map(({ id, plugin, options }) => [id, plugin, sorted(options)])]
}
