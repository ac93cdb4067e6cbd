import { createPinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp } from 'vue'
import type { JobInfo, JobState } from '#protocol/jobs.ts'
import { createPluginService } from '../../companion/plugins.ts'
import { useJobs } from '../../ui/jobs.ts'
import { studioKey, type Studio } from '../studio.ts'
import { usePluginJobs } from './store-jobs.ts'

const request = { pipeline: { toml: 'name = "a"' }, input: 'Hello.' }

/** A companion that has jobs, and says what it was asked. */
function companion() {
  const jobs = new Map<string, JobInfo>()
  const asked: string[] = []
  const state = { isThere: true }
  const change = (id: string, more: Partial<JobInfo>) => jobs.set(id, { ...jobs.get(id)!, ...more })
  function answer(method: string, path: string): Response {
    const [, , id = '', what] = path.split('/')
    if (path === '/pipeline/run') {
      const number = String(jobs.size + 1)
      jobs.set(number, job(number, 'pending'))
      return Response.json(jobs.get(number))
    }
    if (path.startsWith('/jobs?')) return Response.json([...jobs.values()])
    if (what === 'cancel') change(id, { state: 'cancelled' })
    if (method === 'DELETE') jobs.delete(id)
    const found = jobs.get(id)
    const missing = { code: 'not-found', message: 'No job.', retryable: false, details: {} }
    return found ? Response.json(found) : Response.json(missing, { status: 404 })
  }
  const service = createPluginService({
    base: '',
    fetch: async (path, { method = 'GET' } = {}) => {
      if (!state.isThere) throw new TypeError('Failed to fetch')
      asked.push(`${method} ${String(path)}`)
      return answer(method, String(path))
    },
  })
  return { service, asked, state, change, jobs }
}

function job(id: string, state: JobState): JobInfo {
  return {
    id,
    pipeline: 'a',
    state,
    inputType: 'text/plain',
    outputType: 'text/plain',
    inputBytes: 100,
    consumed: 0,
    outputBytes: 0,
    created: '2026-01-01T00:00:00Z',
    attempts: 1,
    warnings: 0,
  }
}

let there: ReturnType<typeof companion>
beforeEach(() => {
  vi.useFakeTimers()
  there = companion()
  createApp({})
    .use(createPinia())
    .provide(studioKey, { plugins: there.service } as Partial<Studio> as Studio)
})
afterEach(() => {
  vi.useRealTimers()
})

/** As long as it takes until the page has looked once more. */
const look = () => vi.advanceTimersByTimeAsync(1000)

async function start() {
  const jobs = usePluginJobs()
  const { id } = await jobs.run(request, 'Pipeline a')
  await vi.advanceTimersByTimeAsync(0)
  return { id, jobs, tray: useJobs() }
}

it('a run is in the tray with its progress until it is done, and in the list', async () => {
  const { id, jobs, tray } = await start()
  expect(tray.jobs).toMatchObject([{ title: 'Pipeline a', kind: 'pipeline', state: 'running', progress: { done: 0 } }])
  expect([jobs.list!.length, jobs.isOwn(id), jobs.current]).toEqual([1, true, id])
  there.change(id, { state: 'running', consumed: 40 })
  await look()
  expect(tray.jobs[0]!.progress).toEqual({ done: 40, total: 100 })
  there.change(id, { state: 'done' })
  await look()
  expect([tray.jobs[0]!.state, jobs.byId(id)!.state]).toEqual(['done', 'done'])
  const { length } = there.asked
  await look()
  expect(there.asked).toHaveLength(length)
})

it('a run that is stopped in the tray is stopped at the companion', async () => {
  const { id, jobs, tray } = await start()
  tray.cancel(tray.jobs[0]!.id)
  await vi.advanceTimersByTimeAsync(0)
  expect(there.asked.at(-1)).toBe(`POST /jobs/${id}/cancel`)
  expect([tray.jobs[0]!.state, jobs.byId(id)!.state]).toEqual(['cancelled', 'cancelled'])
})

it.each([
  ['cancelled', 'cancelled'],
  ['failed', 'failed'],
  ['interrupted', 'failed'],
] as const)('a run that is %s elsewhere is %s in the tray', async (state, shown) => {
  const { id, tray } = await start()
  there.change(id, { state, message: 'It broke.' })
  await look()
  expect(tray.jobs[0]!.state).toBe(shown)
  if (shown === 'failed') expect(tray.jobs[0]!.failure).toMatchObject({ code: 'engine', message: 'It broke.' })
})

it('a run whose companion is gone for a while goes on', async () => {
  const { id, tray } = await start()
  there.state.isThere = false
  await look()
  await look()
  expect(tray.jobs[0]!.state).toBe('running')
  there.state.isThere = true
  there.change(id, { state: 'done' })
  await look()
  expect(tray.jobs[0]!.state).toBe('done')
})

it('a run that can’t be stopped because nobody answers is told to be so', async () => {
  const { jobs, tray } = await start()
  there.state.isThere = false
  tray.cancel(tray.jobs[0]!.id)
  await vi.advanceTimersByTimeAsync(0)
  expect(jobs.failure).toMatchObject({ code: 'offline' })
})

it('a run that is tried again is another job', async () => {
  const { id, jobs, tray } = await start()
  there.change(id, { state: 'failed', message: 'It broke.' })
  await look()
  tray.retry(tray.jobs[0]!.id)
  await vi.advanceTimersByTimeAsync(0)
  expect([tray.jobs.length, tray.jobs[0]!.state, jobs.list!.length]).toEqual([1, 'running', 2])
  expect(jobs.current).not.toBe(id)
})

it('a run that somebody deleted is gone from the list and the tray’s work', async () => {
  const { id, jobs, tray } = await start()
  there.jobs.delete(id)
  await look()
  expect([tray.running.length, jobs.list!.length, jobs.current]).toEqual([0, 0, undefined])
})

it('a run that the list has no room for stays as long as it is at work', async () => {
  const { id, jobs } = await start()
  await jobs.run(request, 'Another')
  there.jobs.delete(id)
  await jobs.refresh()
  expect(jobs.byId(id)).toBeDefined()
  there.jobs.set(id, job(id, 'done'))
  await look()
  there.jobs.delete(id)
  await jobs.refresh()
  expect(jobs.byId(id)).toBeUndefined()
})
