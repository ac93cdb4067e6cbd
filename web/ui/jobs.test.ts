import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { useJobs } from './jobs.ts'

/** Work that ends when the test says so. */
function held<T>() {
  let end!: { resolve: (value: T) => void; reject: (error: unknown) => void }
  const promise = new Promise<T>((resolve, reject) => (end = { resolve, reject }))
  return { promise, ...end }
}

const untilAborted = ({ signal }: Required<Run>) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

beforeEach(() => setActivePinia(createPinia()))

describe('jobs', () => {
  it('run, report and end', async () => {
    const jobs = useJobs()
    const work = held<number>()
    const { id, done } = jobs.start({
      title: 'Export',
      kind: 'export',
      run: async run => {
        run.onProgress({ done: 3, total: 10, what: 'narrate.rendering' })
        return work.promise
      },
    })
    expect(jobs.running.map(job => job.id)).toEqual([id])
    expect(jobs.jobs[0]).toMatchObject({ state: 'running', title: 'Export', progress: { done: 3, total: 10 } })
    work.resolve(42)
    expect(await done).toBe(42)
    expect(jobs.running).toEqual([])
    expect(jobs.jobs[0]).toMatchObject({ state: 'done', failure: undefined })
  })

  it('that fail keep their reason, whatever was thrown', async () => {
    const jobs = useJobs()
    const { done } = jobs.start({ title: 'x', kind: 'x', run: () => Promise.reject(new TypeError('Broken.')) })
    await expect(done).rejects.toMatchObject({ code: 'internal', message: 'Broken.' })
    expect(jobs.failed[0]!.failure).toMatchObject({ code: 'internal' })
  })

  it('can be cancelled, which is no failure', async () => {
    const jobs = useJobs()
    const { done, cancel } = jobs.start({ title: 'x', kind: 'x', run: untilAborted })
    cancel()
    await expect(done).rejects.toMatchObject({ code: 'cancelled' })
    expect(jobs.jobs[0]).toMatchObject({ state: 'cancelled', failure: undefined })
    expect(jobs.failed).toEqual([])
  })

  it('can be tried again in their place, while they do not run', async () => {
    const jobs = useJobs()
    let tries = 0
    const { id, done } = jobs.start({
      title: 'x',
      kind: 'x',
      run: async () => {
        if (++tries === 1) throw new SeamError('offline', 'The connection was lost.')
      },
    })
    await done.catch(() => undefined)
    jobs.retry(id)
    jobs.retry(id)
    await Promise.resolve()
    await new Promise(resolve => setTimeout(resolve))
    expect(tries).toBe(2)
    expect(jobs.jobs).toHaveLength(1)
    expect(jobs.jobs[0]).toMatchObject({ id, state: 'done', failure: undefined })
  })

  it('are cleared when they ended, and only then', async () => {
    const jobs = useJobs()
    const running = jobs.start({ title: 'long', kind: 'x', run: untilAborted })
    const quick = jobs.start({ title: 'quick', kind: 'x', run: async () => 1 })
    await quick.done
    jobs.clear(running.id)
    jobs.clearFinished()
    expect(jobs.jobs.map(job => job.title)).toEqual(['long'])
    running.cancel()
    await running.done.catch(() => undefined)
  })

  it.each([
    [20, 20],
    [21, 20],
  ])('%d finished leave %d in the list', async (count, kept) => {
    const jobs = useJobs()
    for (let i = 0; i < count; i++) await jobs.start({ title: String(i), kind: 'x', run: async () => i }).done
    expect(jobs.jobs).toHaveLength(kept)
    expect(jobs.jobs.at(-1)!.title).toBe(String(count - 1))
  })
})
