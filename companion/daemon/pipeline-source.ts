import type { PipelineSource } from '#protocol/api.ts'
import { checkPipeline, parsePipeline, type Pipeline } from '../core/pipelines/cr.ts'
import type { SavedPipelines } from '../core/pipelines/saved.ts'
import type { PluginHost } from '../core/plugins/host.ts'

/** A pipeline as somebody gave it. */
export interface GivenPipeline {
  readonly pipeline: Pipeline
  /** The `.cr` file that it came as, comments and all; absent when it came as data. */
  readonly text?: string
}

/** A pipeline from whatever a caller gives. @throws SeamError bad-input, not-found */
export function readSource(source: PipelineSource, { pipelines }: PluginHost): GivenPipeline {
  if ('toml' in source) return { pipeline: parsePipeline(source.toml, 'The pipeline'), text: source.toml }
  if ('saved' in source) return { pipeline: pipelines.open(source.saved), text: pipelines.text(source.saved) }
  return { pipeline: checkPipeline(source, 'The pipeline') }
}

/** A saved pipeline as answers show it: the text as it is, and what it says. @throws SeamError not-found, bad-input */
export function readSaved(saved: SavedPipelines, name: string) {
  const { nodes, ...rest } = saved.open(name)
  const plain = nodes.map(({ id, plugin, options }) => ({ id, plugin, options: options as Record<string, string> }))
  return { toml: saved.text(name), pipeline: { ...rest, nodes: plain } }
}
