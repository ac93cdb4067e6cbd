import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Pipeline } from '../pipelines/cr.ts'
import { executePipeline, type PipelinePlan } from '../pipelines/execute.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import { parseMediaType } from '../plugins/media-type.ts'
import { fanOut } from './fan-out.ts'
import { halvesOf, partKey } from './halves.ts'
import type { PlanMaker } from './local-parts.ts'
import type { PartRunner, PartTask, StageFiles } from './parts.ts'
import { splitText } from './split.ts'
import type { JobRecord } from './store.ts'

/** Bytes of a text that is cut: it is held whole for that. */
const MAX_SPLIT = 64 * 1024 * 1024

/** Who makes the parts of texts that are cut at their chapters. */
export interface FanOut {
  readonly runner: PartRunner
  readonly stages: StageFiles
  /** Hash of a plugin's folder. */
  readonly hashOf: (plugin: string) => Promise<string>
}

export interface OutputRequest {
  readonly job: JobRecord
  readonly pipeline: Pipeline
  readonly plan: PipelinePlan
  /** File of the input. */
  readonly input: string
  readonly planFor: PlanMaker
  readonly fanOut: FanOut | undefined
  readonly signal: AbortSignal
  readonly hooks: RunHooks
  /** Told how many bytes of the input are done with. */
  readonly onConsumed: (bytes: number) => void
}

/** A job's output as it comes. @returns also an end to what was kept for a second try */
export async function jobOutput(
  request: OutputRequest,
): Promise<{ readonly output: AsyncIterable<Buffer>; readonly finished: () => Promise<void> }> {
  const tasks = await partsOf(request)
  if (!tasks) return { output: whole(request), finished: async () => undefined }
  const { stages } = request.fanOut!
  return { output: inParts(request, tasks), finished: () => stages.remove(tasks.map(({ key }) => key)) }
}

function whole({ plan, input, signal, hooks, onConsumed }: OutputRequest): AsyncIterable<Buffer> {
  return executePipeline(plan, createReadStream(input, { highWaterMark: 1 << 18 }), {
    ...hooks,
    signal,
    onTraffic: traffic => onConsumed(traffic[0]?.bytesIn ?? 0),
  })
}

/** The parts of a text that is to be cut and can be; undefined for everything else. */
async function partsOf({ job, pipeline, plan, input, fanOut: makers }: OutputRequest): Promise<PartTask[] | undefined> {
  if (job.split !== 'chapters' || !makers || job.inputBytes > MAX_SPLIT || !job.inputType.startsWith('text/'))
    return undefined
  const halves = halvesOf(pipeline, plan)
  const text = halves && decode(await readFile(input))
  const parts = text === undefined ? [] : splitText(text)
  if (!halves || parts.length < 2) return undefined
  const { nodes } = halves.each
  const hashes = await Promise.all(nodes.map(({ plugin }) => makers.hashOf(plugin)))
  return parts.map(part => ({
    key: partKey(plan, hashes, nodes.length, part),
    pipeline: halves.each,
    inputType: plan.inputType,
    text: part,
  }))
}

async function* inParts(request: OutputRequest, tasks: readonly PartTask[]): AsyncGenerator<Buffer> {
  const { pipeline, plan, planFor, signal, hooks, onConsumed, job } = request
  const halves = halvesOf(pipeline, plan)!
  const { stages, runner } = request.fanOut!
  // When what joins the parts fails, the parts that are still to come are for nobody.
  const over = new AbortController()
  const joined = fanOut(tasks, {
    stages,
    runner,
    hooks,
    signal: AbortSignal.any([signal, over.signal]),
    onPart: (done, total) => onConsumed(Math.round((job.inputBytes * done) / total)),
  })
  try {
    if (!halves.join) return yield* joined
    const last = await planFor(halves.join, parseMediaType(halves.between), signal)
    yield* executePipeline(last, joined, { ...hooks, signal })
  } finally {
    over.abort()
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // The plugin that reads it says what is wrong.
    return undefined
  }
}
