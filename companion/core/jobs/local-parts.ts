import type { Pipeline } from '../pipelines/cr.ts'
import { executePipeline, type PipelinePlan } from '../pipelines/execute.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import { parseMediaType, type MediaType } from '../plugins/media-type.ts'
import type { PartRunner } from './parts.ts'

export type PlanMaker = (pipeline: Pipeline, inputType: MediaType, signal: AbortSignal) => Promise<PipelinePlan>

/** Parts on this machine, in this process's care. */
export function localParts(plan: PlanMaker, width: number, hooks: RunHooks = {}): PartRunner {
  return {
    width,
    async *run({ pipeline, inputType, text }, signal, told) {
      const planned = await plan(pipeline, parseMediaType(inputType), signal)
      yield* executePipeline(planned, once(Buffer.from(text)), { ...hooks, ...told, signal })
    },
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes
}
