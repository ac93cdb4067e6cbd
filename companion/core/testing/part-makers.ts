import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PartRunner } from '../jobs/parts.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { PluginShelf } from '../plugins/shelf.ts'
import { connectRedis, PREFIX } from '../queue/connection.ts'
import { remoteParts } from '../queue/remote-parts.ts'
import { startWorker } from '../queue/worker.ts'
import { scratch } from './plugins.ts'
import { startRedis } from './redis.ts'

/** Somebody who makes chapters, for one test. */
export interface PartMaker {
  /** Undefined for the companion's own process. */
  readonly parts: PartRunner | undefined
  /** Outcomes that lie about elsewhere. */
  leftovers(): Promise<readonly string[]>
}

/** Everybody who makes chapters: what one of them does, the other does too. */
export const PART_MAKERS: readonly {
  readonly who: string
  readonly open: (folders: readonly PluginFolder[]) => Promise<PartMaker>
}[] = [
  { who: 'the process itself', open: async () => ({ parts: undefined, leftovers: async () => [] }) },
  { who: 'workers on a Redis', open: openWorkers },
]

async function openWorkers(folders: readonly PluginFolder[]): Promise<PartMaker> {
  const url = await startRedis()
  const redis = await connectRedis(url)
  onTestFinished(() => redis.disconnect())
  const folder = scratch()
  const shelf = new PluginShelf({
    folders,
    stateFolder: join(folder, 'state'),
    cacheFolder: join(folder, 'cache'),
    models: '/nowhere',
  })
  const worker = await startWorker({ url, plan: shelf.plan, ledger: shelf.ledger, concurrency: 2, lease: 5 })
  onTestFinished(() => worker.close())
  const parts = await remoteParts(url, 'here')
  onTestFinished(() => parts.close())
  return { parts, leftovers: () => redis.keys(`${PREFIX}:outcome:*`) }
}
