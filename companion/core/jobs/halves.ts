import { createHash } from 'node:crypto'
import type { Pipeline } from '../pipelines/cr.ts'
import type { PipelinePlan } from '../pipelines/execute.ts'

/** A pipeline in two: what is done to each part, and what is done once to all of them in their order. */
export interface Halves {
  readonly each: Pipeline
  readonly join: Pipeline | undefined
  /** Type of what parts become. */
  readonly between: string
}

/**
 * Where a pipeline can be taken in two: behind the last plugin whose outcomes can be put one behind the other, sound
 * without a header or text. Undefined when there is no such place.
 */
export function halvesOf(pipeline: Pipeline, plan: PipelinePlan): Halves | undefined {
  const outputs = plan.nodes.map(({ handshake }) => handshake.output_type)
  const lastPcm = outputs.findLastIndex(type => type.startsWith('audio/pcm'))
  const at = lastPcm >= 0 ? lastPcm : outputs.every(type => type.startsWith('text/')) ? outputs.length - 1 : -1
  if (at < 0 || plan.nodes.slice(0, at + 1).some(({ mode }) => mode === 'batch')) return undefined
  const rest = pipeline.nodes.slice(at + 1)
  return {
    each: { ...pipeline, nodes: pipeline.nodes.slice(0, at + 1) },
    join: rest.length > 0 ? { ...pipeline, nodes: rest } : undefined,
    between: outputs[at]!,
  }
}

/** @param hashes of the folders of the plugins, in their order: another version makes another outcome */
export function partKey(plan: PipelinePlan, hashes: readonly string[], count: number, text: string): string {
  const nodes = plan.nodes.slice(0, count).map(({ plugin, handshake }, at) => [plugin, hashes[at], handshake])
  return createHash('sha256').update(JSON.stringify(nodes)).update('\0').update(text).digest('hex')
}
