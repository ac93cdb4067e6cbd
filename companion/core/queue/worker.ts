import { createHash, randomUUID } from 'node:crypto'
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { localParts, type PlanMaker } from '../jobs/local-parts.ts'
import { checkPipeline } from '../pipelines/cr.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import {
  cancelKey,
  closeWithin,
  connectRedis,
  OUTCOME_TTL,
  outcomeKey,
  PIECE,
  PREFIX,
  QUEUE,
  STOPPED,
  type PartData,
  type PartReport,
} from './connection.ts'

export interface WorkerOptions extends RunHooks {
  readonly url: string
  readonly plan: PlanMaker
  /** Parts at a time. */
  readonly concurrency: number
  /** Seconds without a sign of life after which another worker takes over. */
  readonly lease: number
  readonly onDone?: (key: string, report: PartReport) => void
  readonly onFailed?: (key: string, message: string) => void
}

/** Takes parts from a Redis and does them with this machine's plugins. @returns an end to it, which lets the present part finish in the queue */
export async function startWorker(options: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const { url, plan, concurrency, lease, onDone, onFailed, ...hooks } = options
  const redis = await connectRedis(url)
  const blocking = await connectRedis(url)
  const parts = localParts(plan, concurrency, hooks)
  const ending = new AbortController()

  async function work(job: Job<PartData, PartReport>, token: string | undefined): Promise<PartReport> {
    const { key, pipeline, inputType, text } = job.data
    const warnings: PartReport['warnings'][number][] = []
    const abort = new AbortController()
    const look = setInterval(() => {
      // A Redis that is gone for a while says nothing of it.
      void redis.exists(cancelKey(key)).then(
        there => there && abort.abort(),
        () => undefined,
      )
    }, 1000)
    // Written aside: a worker that dies in mid-write leaves nothing that looks whole.
    const draft = `${outcomeKey(key)}:${randomUUID()}`
    try {
      const checked = checkPipeline(JSON.parse(pipeline), 'The pipeline')
      const signal = AbortSignal.any([abort.signal, ending.signal])
      const onWarning: RunHooks['onWarning'] = (node, warning) => {
        warnings.push({ node, code: warning.code, message: warning.message })
        hooks.onWarning?.(node, warning)
      }
      const sound = parts.run({ key, pipeline: checked, inputType, text }, signal, { onWarning })
      const report = { ...(await store(draft, sound)), warnings }
      if (report.pieces > 0)
        await redis.multi().rename(draft, outcomeKey(key)).expire(outcomeKey(key), OUTCOME_TTL).exec()
      onDone?.(key, report)
      return report
    } catch (error) {
      void redis.del(draft).catch(() => undefined)
      if (ending.signal.aborted && token !== undefined) {
        // Back into the queue, and not as a try that has failed.
        await job.moveToDelayed(Date.now(), token)
        throw new DelayedError()
      }
      const seen = toSeamError(error)
      // What is wrong with the text or the pipeline stays wrong at the next try.
      const isFinal = ['bad-input', 'not-found', 'unsupported', 'cancelled'].includes(seen.code)
      const words = abort.signal.aborted ? STOPPED : seen.message
      throw isFinal ? new UnrecoverableError(words) : new Error(words)
    } finally {
      clearInterval(look)
    }
  }

  async function store(name: string, sound: AsyncIterable<Uint8Array>): Promise<Omit<PartReport, 'warnings'>> {
    const hash = createHash('sha256')
    let bytes = 0
    let pieces = 0
    let held: Uint8Array[] = []
    let size = 0
    const push = async () => {
      if (size === 0) return
      const piece = Buffer.concat(held)
      held = []
      size = 0
      hash.update(piece)
      bytes += piece.length
      pieces++
      await redis.rpush(name, piece)
      if (pieces === 1) await redis.expire(name, OUTCOME_TTL)
    }
    for await (const piece of sound) {
      // A copy: what a pipeline gives is only lent.
      held.push(Buffer.from(piece))
      size += piece.length
      if (size >= PIECE) await push()
    }
    await push()
    return { bytes, pieces, sha256: hash.digest('hex') }
  }

  const worker = new Worker<PartData, PartReport>(QUEUE, work, {
    connection: blocking,
    prefix: PREFIX,
    concurrency,
    lockDuration: lease * 1000,
    stalledInterval: lease * 1000,
    maxStalledCount: 3,
  })
  worker.on('failed', (job, error) => onFailed?.(job?.data.key ?? '', error.message))
  worker.on('error', () => undefined)
  await worker.waitUntilReady()
  return {
    async close() {
      ending.abort(new SeamError('cancelled', 'The worker is ending.'))
      // A plugin that does not listen takes four seconds to end.
      await closeWithin(8000, () => worker.close(), redis, blocking)
    },
  }
}
