import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Queue } from 'bullmq'
import { expect, it, onTestFinished } from 'vitest'
import { productRoot } from '../paths.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { bookVoice, chapter, openBookHost, sound } from '../testing/book.ts'
import { scratch } from '../testing/plugins.ts'
import { startRedis, startRedisServer } from '../testing/redis.ts'
import { cancelKey, connectRedis, PREFIX, QUEUE, type PartData } from './connection.ts'
import { remoteParts } from './remote-parts.ts'

// What only a queue can go through; what chapters are, whoever makes them, is in ../jobs/parts.test.ts.

const BOOK = Array.from({ length: 8 }, (_, at) => chapter(at + 1)).join('')

async function openParts(url: string, owner = 'here') {
  const parts = await remoteParts(url, owner)
  onTestFinished(() => parts.close())
  return parts
}

async function openClient(url: string) {
  const redis = await connectRedis(url)
  onTestFinished(() => redis.disconnect())
  return redis
}

/** The real program. @param jobs chapters at a time */
function startWorker(url: string, folders: readonly PluginFolder[], jobs: number): ChildProcess {
  const folder = scratch()
  const child = spawn(process.execPath, [join(productRoot, 'companion/cli/main.ts'), 'worker', '--queue', url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      VOXLOOM_PLUGINS: folders.map(({ path }) => path).join(':'),
      VOXLOOM_JOBS: String(jobs),
      VOXLOOM_QUEUE_LEASE: '2',
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_DATA_HOME: join(folder, 'data'),
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

it('has a book made by two workers, and loses one of them in mid-chapter', async () => {
  const { folders, ...voice } = bookVoice()
  const url = await startRedis()
  const host = await openBookHost({ folders, parts: await openParts(url) })
  const workers = [startWorker(url, folders, 1), startWorker(url, folders, 1)]
  for (const at of [3, 4]) voice.tell('hold', at)
  const id = await host.submit(BOOK)
  // Each of them does one chapter at a time: both are in the middle of one.
  await expect.poll(() => voice.begun(), { timeout: 30_000 }).toEqual(expect.arrayContaining([3, 4]))
  workers[0]!.kill('SIGKILL')
  for (const at of [3, 4]) voice.leave('hold', at)
  expect(await host.over(id)).toMatchObject({ state: 'done', message: undefined })
  expect(host.output(id).equals(sound(BOOK))).toBe(true)
  const redis = await openClient(url)
  expect(await redis.keys(`${PREFIX}:outcome:*`)).toEqual([])
}, 120_000)

it('makes a part again that is stopped for the sake of an earlier run', async () => {
  const { folders, ...voice } = bookVoice()
  const url = await startRedis()
  const redis = await openClient(url)
  const host = await openBookHost({ folders, parts: await openParts(url) })
  startWorker(url, folders, 2)
  voice.tell('hold', 2)
  const id = await host.submit(BOOK)
  await host.made(id, 7, 8)
  const queue = new Queue<PartData>(QUEUE, { connection: redis, prefix: PREFIX })
  onTestFinished(() => queue.close())
  const [part] = await queue.getActive()
  await redis.set(cancelKey(part!.data.key), '1')
  await expect.poll(() => voice.begun().filter(at => at === 2), { timeout: 20_000 }).toEqual([2, 2])
  voice.leave('hold', 2)
  expect(await host.over(id)).toMatchObject({ state: 'done', message: undefined })
  expect(host.output(id).equals(sound(BOOK))).toBe(true)
}, 120_000)

it('lets two companions have the same book made at a time, and cancels it for one of them', async () => {
  const { folders, ...voice } = bookVoice()
  const url = await startRedis()
  const [one, other] = await Promise.all(
    ['one', 'other'].map(async owner => openBookHost({ folders, parts: await openParts(url, owner) })),
  )
  startWorker(url, folders, 2)
  voice.tell('hold', 8)
  const ids = [await one!.submit(BOOK), await other!.submit(BOOK)]
  await one!.made(ids[0]!, 7, 8)
  await other!.made(ids[1]!, 7, 8)
  await expect.poll(() => voice.running(), { timeout: 20_000 }).toHaveLength(2)
  await one!.cancel(ids[0]!)
  await expect.poll(() => voice.running(), { timeout: 20_000 }).toHaveLength(1)
  voice.leave('hold', 8)
  expect(await other!.over(ids[1]!)).toMatchObject({ state: 'done', message: undefined })
  expect(other!.output(ids[1]!).equals(sound(BOOK))).toBe(true)
}, 120_000)

it('can be cancelled, and everybody can end, when the Redis is gone', async () => {
  const { folders, ...voice } = bookVoice()
  const server = await startRedisServer()
  const parts = await remoteParts(server.url, 'here')
  const host = await openBookHost({ folders, parts })
  const worker = startWorker(server.url, folders, 1)
  const ended = once(worker, 'exit')
  voice.tell('hold', 1)
  const id = await host.submit(BOOK)
  await expect.poll(() => voice.begun(), { timeout: 30_000 }).toContain(1)
  server.kill()
  expect(await host.cancel(id)).toMatchObject({ state: 'cancelled' })
  // One that begins now, too.
  const next = await host.submit(BOOK.replaceAll('nobody', 'somebody'))
  await expect.poll(() => host.get(next).state).toBe('running')
  expect(await host.cancel(next)).toMatchObject({ state: 'cancelled' })
  worker.kill('SIGTERM')
  await ended
  await parts.close()
  await expect.poll(() => voice.running(), { timeout: 20_000 }).toEqual([])
}, 120_000)

it('says that no Redis answers', async () => {
  await expect(remoteParts('redis://127.0.0.1:1', 'here')).rejects.toMatchObject({ code: 'offline' })
  await expect(remoteParts('http://127.0.0.1', 'here')).rejects.toMatchObject({ code: 'bad-input' })
})
