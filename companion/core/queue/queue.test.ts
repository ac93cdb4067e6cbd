import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { isOver } from '#protocol/jobs.ts'
import { productRoot } from '../paths.ts'
import { PluginHost } from '../plugins/host.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { COPY, fixture, pieces, scratch } from '../testing/plugins.ts'
import { connectRedis } from './connection.ts'
import { remoteParts } from './remote-parts.ts'

const PCM = '["audio/pcm;rate=24000;channels=1"]'

/** A voice that takes its time. @param counter a file that grows by a letter with each run */
const voice = (counter = '') =>
  fixture(
    `
    const text = []
    const { appendFileSync } = await import('node:fs')
    if (${JSON.stringify(counter)}) appendFileSync(${JSON.stringify(counter)}, 'x')
    for (let f; (f = readFrame());) text.push(f)
    const all400 = Buffer.alloc(400, ' ')
    Buffer.concat(text).copy(all400)
    for (let i = 0; i < 4; i++) { sleep(250); writeFrame(all400.subarray(i * 100, i * 100 + 100)) }
    `,
    { name: 'voice', manifest: { output: PCM } },
  )
const join_ = () => fixture(COPY, { name: 'joiner', manifest: { input: PCM, output: PCM } })

const BOOK = Array.from(
  { length: 8 },
  (_, at) => `Chapter ${at + 1}\n\n${`It was day ${at + 1} at sea. `.repeat(40)}\n\n`,
).join('')

async function startRedis(): Promise<string> {
  const folder = scratch()
  const port = await new Promise<number>(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
    stdio: 'ignore',
  })
  onTestFinished(() => void server.kill('SIGKILL'))
  const url = `redis://127.0.0.1:${port}`
  await vi.waitFor(async () => (await connectRedis(url)).disconnect(), { timeout: 10_000, interval: 100 })
  return url
}

function openHost(folders: readonly PluginFolder[], parts?: Awaited<ReturnType<typeof remoteParts>>): PluginHost {
  const folder = scratch()
  const host = new PluginHost({
    folders,
    stateFolder: join(folder, 'state'),
    cacheFolder: join(folder, 'cache'),
    configFolder: join(folder, 'config'),
    models: '/nowhere',
    concurrency: 1,
    maxInput: 1e9,
    ...(parts && { parts }),
  })
  onTestFinished(() => host.close())
  return host
}

function startWorker(url: string, folders: readonly PluginFolder[]): ChildProcess {
  const folder = scratch()
  const child = spawn(process.execPath, [join(productRoot, 'companion/cli/main.ts'), 'worker', '--queue', url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      VOXLOOM_PLUGINS: folders.map(({ path }) => path).join(':'),
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

async function run(host: PluginHost, split: 'none' | 'chapters' = 'chapters') {
  await host.jobs.start()
  const nodes = ['voice', 'joiner'].map(plugin => ({ id: plugin, plugin, options: {} }))
  const pipeline = { name: 'book', version: '1', description: '', nodes }
  return (await host.jobs.submit({ pipeline, input: pieces(BOOK), split })).job.id
}

const over = (host: PluginHost, id: string) =>
  vi.waitFor(() => expect(isOver(host.jobs.get(id)!.state)).toBe(true), { timeout: 60_000, interval: 100 })

it('has a book made by two workers, loses one of them in mid-chapter, and gives the book that one machine makes', async () => {
  const folders: PluginFolder[] = [voice(), join_()].map(({ folder }) => ({ path: dirname(folder), trust: 'local' }))
  const alone = openHost(folders)
  const expected = await run(alone)
  await over(alone, expected)
  expect(alone.jobs.get(expected)).toMatchObject({ state: 'done', message: undefined })
  const whole = readFileSync(alone.files.output(expected))
  // Eight chapters of four hundred bytes, in their order.
  expect(whole.length).toBe(3200)
  expect(whole.toString().match(/Chapter \d/g)).toEqual(Array.from({ length: 8 }, (_, at) => `Chapter ${at + 1}`))

  const url = await startRedis()
  const parts = await remoteParts(url)
  onTestFinished(() => parts.close())
  const host = openHost(folders, parts)
  const workers = [startWorker(url, folders), startWorker(url, folders)]
  const id = await run(host)
  await vi.waitFor(() => expect(host.jobs.get(id)!.consumed).toBeGreaterThan(0), { timeout: 30_000, interval: 50 })
  workers[0]!.kill('SIGKILL')
  await over(host, id)
  expect(host.jobs.get(id)).toMatchObject({ state: 'done', outputBytes: 3200 })
  expect(readFileSync(host.files.output(id)).equals(whole)).toBe(true)

  const redis = await connectRedis(url)
  onTestFinished(() => redis.disconnect())
  expect(await redis.keys('voxloom:outcome:*')).toEqual([])
}, 120_000)

it('makes only what is missing when a job is begun again', async () => {
  const counter = join(scratch(), 'runs')
  const folders: PluginFolder[] = [voice(counter), join_()].map(({ folder }) => ({
    path: dirname(folder),
    trust: 'local',
  }))
  const host = openHost(folders)
  const id = await run(host)
  await vi.waitFor(() => expect(host.jobs.get(id)!.consumed).toBeGreaterThan(BOOK.length / 4), 30_000)
  await host.jobs.cancel(id)
  const again = await run(host)
  await over(host, again)
  expect(readFileSync(host.files.output(again)).length).toBe(3200)
  // Eight chapters, the one that was broken off, and the trial before the first: nothing was made twice.
  expect(readFileSync(counter, 'utf8').length).toBeLessThanOrEqual(10)
}, 60_000)

it('says that no Redis answers', async () => {
  await expect(remoteParts('redis://127.0.0.1:1')).rejects.toMatchObject({ code: 'offline' })
  await expect(remoteParts('http://127.0.0.1')).rejects.toMatchObject({ code: 'bad-input' })
})
