import { Redis } from 'ioredis'
import { SeamError } from '#protocol/errors.ts'

/** Name of the queue, and what every key of ours begins with. */
export const QUEUE = 'voxloom-parts'
export const PREFIX = 'voxloom'

/** Outcomes lie in Redis until the daemon has fetched them, at most so many seconds. */
export const OUTCOME_TTL = 86_400
/** Bytes of one piece of an outcome. */
export const PIECE = 512 * 1024

export const outcomeKey = (key: string) => `${PREFIX}:outcome:${key}`
export const cancelKey = (key: string) => `${PREFIX}:cancel:${key}`

/** Why a part failed that was cancelled in mid-work. */
export const STOPPED = 'The part was stopped.'

/** What a worker is given. */
export interface PartData {
  /** Names the part in the Redis. */
  readonly key: string
  /** The pipeline as JSON. */
  readonly pipeline: string
  readonly inputType: string
  readonly text: string
}

/** What it says when it is done. */
export interface PartReport {
  /** What its plugins warned of, by node. */
  readonly warnings: readonly { readonly node: string; readonly code: string; readonly message: string }[]
  readonly bytes: number
  readonly pieces: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Ends in good order, or after so many milliseconds all the same: a Redis that is gone is waited for without end. */
export async function closeWithin(
  patience: number,
  work: () => Promise<unknown>,
  ...connections: readonly Redis[]
): Promise<void> {
  const late = new Promise(resolve => setTimeout(resolve, patience).unref())
  await Promise.race([work().catch(() => undefined), late])
  for (const connection of connections) connection.disconnect()
}

/** @param url redis://… or rediss://… @throws SeamError bad-input, offline */
export async function connectRedis(url: string): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new SeamError('bad-input', `“${url.slice(0, 80)}” is not the address of a Redis: write redis://host:6379.`)
  }
  // BullMQ waits in blocking commands, which must not be given up.
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: 5000 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
    return redis
  } catch (cause) {
    redis.disconnect()
    const { host } = new URL(url)
    throw new SeamError('offline', `The Redis at ${host} does not answer. Start it, or leave the queue away.`, {
      cause,
    })
  }
}
