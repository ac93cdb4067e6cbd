import { createHash } from 'node:crypto'
import { Queue, QueueEvents } from 'bullmq'
import { SeamError } from '#protocol/errors.ts'
import type { PartRunner } from '../jobs/parts.ts'
import { cancelKey, connectRedis, outcomeKey, PREFIX, QUEUE, type PartData, type PartReport } from './connection.ts'

/** Parts that wait at once: enough for a farm, little enough that a book's text is not in Redis twice. */
const WIDTH = 64
/** Times that a part is begun. */
const ATTEMPTS = 3

export interface RemoteParts extends PartRunner {
  close(): Promise<void>
}

/** Parts through a Redis, for whatever workers listen there. A worker that is killed loses nothing: another begins anew. */
export async function remoteParts(url: string): Promise<RemoteParts> {
  const redis = await connectRedis(url)
  const queue = new Queue<PartData, PartReport>(QUEUE, { connection: redis, prefix: PREFIX })
  const listening = await connectRedis(url)
  const events = new QueueEvents(QUEUE, { connection: listening, prefix: PREFIX })
  await events.waitUntilReady()

  async function report(data: PartData, signal: AbortSignal): Promise<PartReport> {
    const job = await queue.add('part', data, {
      jobId: data.key,
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: 500 },
      removeOnComplete: true,
      removeOnFail: true,
    })
    const cancel = () => {
      void redis.set(cancelKey(data.key), '1', 'EX', 600)
      void job.remove().catch(() => undefined)
    }
    await redis.del(cancelKey(data.key))
    signal.addEventListener('abort', cancel, { once: true })
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new SeamError('cancelled', 'The part was stopped.')), {
        once: true,
      })
    })
    try {
      return await Promise.race([job.waitUntilFinished(events), stopped])
    } catch (error) {
      if (error instanceof SeamError) throw error
      throw new SeamError('engine', error instanceof Error ? error.message : String(error), { cause: error })
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  async function* fetch(key: string, { pieces, sha256 }: PartReport): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    for (let at = 0; at < pieces; at++) {
      const piece = await redis.lindexBuffer(outcomeKey(key), at)
      if (!piece)
        throw new SeamError('integrity', 'A part was made, and its sound is no longer in the Redis. Run the job again.')
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== sha256)
      throw new SeamError('integrity', 'A part came damaged out of the Redis. Run the job again.')
    await redis.del(outcomeKey(key))
  }

  return {
    width: WIDTH,
    async *run({ key, pipeline, inputType, text }, signal) {
      signal.throwIfAborted()
      yield* fetch(key, await report({ key, pipeline: JSON.stringify(pipeline), inputType, text }, signal))
    },
    async close() {
      await events.close()
      await queue.close()
      redis.disconnect()
      listening.disconnect()
    },
  }
}
