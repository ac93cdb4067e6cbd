import { createHash } from 'node:crypto'
import { Queue, QueueEvents } from 'bullmq'
import { SeamError } from '#protocol/errors.ts'
import type { PartRunner } from '../jobs/parts.ts'
import {
  cancelKey,
  closeWithin,
  connectRedis,
  outcomeKey,
  PREFIX,
  QUEUE,
  STOPPED,
  type PartData,
  type PartReport,
} from './connection.ts'

/** Parts that wait at once: enough for a farm, little enough that a book's text is not in Redis twice. */
const WIDTH = 64
/** Times that a part is begun. */
const ATTEMPTS = 3

export interface RemoteParts extends PartRunner {
  close(): Promise<void>
}

/**
 * Parts through a Redis, for whatever workers listen there. A worker that is killed loses nothing: another begins anew.
 * @param owner names this companion: several may use one Redis, and none takes away or cancels what another waits for
 */
export async function remoteParts(url: string, owner: string): Promise<RemoteParts> {
  const redis = await connectRedis(url)
  const queue = new Queue<PartData, PartReport>(QUEUE, { connection: redis, prefix: PREFIX })
  // Whoever waits for a part listens to it.
  queue.setMaxListeners(0)
  // The connections find their way back by themselves.
  queue.on('error', () => undefined)
  const listening = await connectRedis(url)
  const events = new QueueEvents(QUEUE, { connection: listening, prefix: PREFIX })
  events.on('error', () => undefined)
  await events.waitUntilReady()

  /** Has a part made. One that is under way already, for a run before this one, is waited for. */
  async function once(data: PartData, signal: AbortSignal): Promise<PartReport> {
    await unless(signal, redis.del(cancelKey(data.key)))
    const adding = queue.add('part', data, {
      jobId: data.key,
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: 500 },
      removeOnComplete: true,
      removeOnFail: true,
    })
    const cancel = () => {
      void redis.set(cancelKey(data.key), '1', 'EX', 600).catch(() => undefined)
      // When it was added only now, too.
      void adding.then(job => job.remove()).catch(() => undefined)
    }
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const job = await unless(signal, adding)
      return await unless(signal, job.waitUntilFinished(events))
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  async function report(data: PartData, signal: AbortSignal): Promise<PartReport> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(data, signal)
      } catch (error) {
        if (error instanceof SeamError) throw error
        const words = error instanceof Error ? error.message : String(error)
        // It was under way for a run that was cancelled, and ended with that one's end. This run still wants it.
        const isAnothers = words === STOPPED || words.startsWith('Missing key for job')
        if (!isAnothers || attempt === ATTEMPTS) throw new SeamError('engine', words, { cause: error })
      }
    }
  }

  async function* fetch(key: string, { pieces, sha256 }: PartReport, signal: AbortSignal): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    for (let at = 0; at < pieces; at++) {
      const piece = await unless(signal, redis.lindexBuffer(outcomeKey(key), at))
      if (!piece)
        throw new SeamError('integrity', 'A part was made, and its sound is no longer in the Redis. Run the job again.')
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== sha256)
      throw new SeamError('integrity', 'A part came damaged out of the Redis. Run the job again.')
    await unless(signal, redis.del(outcomeKey(key)))
  }

  return {
    width: WIDTH,
    async *run({ key: part, pipeline, inputType, text }, signal, hooks) {
      const key = createHash('sha256').update(`${owner}\0${part}`).digest('hex')
      const made = await report({ key, pipeline: JSON.stringify(pipeline), inputType, text }, signal)
      for (const { node, code, message } of made.warnings) hooks?.onWarning?.(node, { code, message, fatal: false })
      yield* fetch(key, made, signal)
    },
    close: () => closeWithin(2000, () => Promise.all([events.close(), queue.close()]), redis, listening),
  }
}

/** What `work` gives, unless the signal comes first: a Redis that is gone lets its callers wait for ever. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new SeamError('cancelled', STOPPED))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
