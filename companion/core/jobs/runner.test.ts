import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { isOver } from '#protocol/jobs.ts'
import { planOrThrow } from '../pipelines/plan.ts'
import { ProcessLedger } from '../process/ledger.ts'
import { COPY, fixture, pieces, pipelineOf, scratch } from '../testing/plugins.ts'
import type { FoundPlugin } from '../plugins/discovery.ts'
import { JobFiles } from './files.ts'
import { JobRunner } from './runner.ts'
import { becomeSole } from './sole.ts'
import { JobStore } from './store.ts'

async function openRunner(plugins: readonly FoundPlugin[], folder = scratch(), concurrency = 2) {
  const store = new JobStore(join(folder, 'jobs.db'))
  const files = new JobFiles(join(folder, 'jobs'))
  const plan: ConstructorParameters<typeof JobRunner>[0]['check'] = (pipeline, inputType) =>
    planOrThrow({ pipeline, plugins, models: '/nowhere', ...(inputType && { inputType }) })
  const runner = new JobRunner({
    store,
    files,
    concurrency,
    maxInput: 1000,
    ledger: new ProcessLedger(folder),
    check: plan,
    plan: async (pipeline, inputType) => plan(pipeline, inputType),
  })
  await runner.start()
  const close = async () => {
    await runner.close()
    store.close()
  }
  onTestFinished(() => close().catch(() => undefined))
  const over = (id: string) => vi.waitFor(() => expect(isOver(runner.get(id)!.state)).toBe(true), 20_000)
  return { runner, store, files, folder, close, over }
}

const copy = () => fixture(COPY, { name: 'copy' })
const slow = () => fixture(`writeFrame('begun '); sleep(600); ${COPY}`, { name: 'slow' })

it('does jobs and keeps what they made', async () => {
  const plugin = copy()
  const { runner, files, over } = await openRunner([plugin])
  const { job, isNew } = await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('hello') })
  expect([isNew, job.inputBytes, job.outputType]).toEqual([true, 5, 'text/plain'])
  await over(job.id)
  expect(runner.get(job.id)).toMatchObject({ state: 'done', consumed: 5, outputBytes: 5, attempts: 1 })
  expect(readFileSync(files.output(job.id), 'utf8')).toBe('hello')
})

it('keeps an end that can’t be written down, and writes it when there is room again', async () => {
  const plugin = copy()
  const { runner, store, over } = await openRunner([plugin])
  const full = vi.spyOn(store, 'change').mockImplementation(() => {
    throw new Error('database or disk is full')
  })
  const { job } = await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('hello') })
  await over(job.id)
  expect(runner.get(job.id)).toMatchObject({ state: 'done', outputBytes: 5 })
  expect(store.get(job.id)).toMatchObject({ state: 'running' })
  full.mockRestore()
  const next = await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('there') })
  await over(next.job.id)
  expect(store.get(job.id)).toMatchObject({ state: 'done', outputBytes: 5 })
})

it('takes jobs again when the disk was full for a while', async () => {
  const plugin = copy()
  const { runner, store, over } = await openRunner([plugin])
  const full = vi.spyOn(store, 'claim').mockImplementationOnce(() => {
    throw new Error('database or disk is full')
  })
  const { job } = await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('hello') })
  expect(full).toHaveBeenCalled()
  await over(job.id)
  expect(runner.get(job.id)).toMatchObject({ state: 'done' })
})

it('gives one job for one idempotency key, and refuses the key for another', async () => {
  const plugin = copy()
  const { runner } = await openRunner([plugin])
  const ask = (text: string) =>
    runner.submit({ pipeline: pipelineOf(plugin), input: pieces(text), idempotencyKey: 'k' })
  const first = await ask('hello')
  expect(await ask('hello')).toMatchObject({ isNew: false, job: { id: first.job.id } })
  await expect(ask('other')).rejects.toMatchObject({ code: 'conflict' })
  expect(runner.list({}).length).toBe(1)
})

it('takes an input at the limit and refuses one byte past it, leaving nothing behind', async () => {
  const plugin = copy()
  const { runner, files } = await openRunner([plugin])
  await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('x'.repeat(1000)) })
  await expect(runner.submit({ pipeline: pipelineOf(plugin), input: pieces('x'.repeat(1001)) })).rejects.toMatchObject({
    code: 'bad-input',
  })
  const { readdirSync } = await import('node:fs')
  expect(readdirSync(files.folder).length).toBe(1)
})

it('cancels what waits and what runs, and keeps what was made', async () => {
  const plugin = slow()
  const { runner, files, over } = await openRunner([plugin], scratch(), 1)
  const submit = () => runner.submit({ pipeline: pipelineOf(plugin), input: pieces('x') })
  const running = (await submit()).job.id
  const waiting = (await submit()).job.id
  expect((await runner.cancel(waiting)).state).toBe('cancelled')
  await vi.waitFor(() => expect(readFileSync(files.part(running), 'utf8')).toBe('begun '), 5000)
  expect((await runner.cancel(running)).state).toBe('cancelled')
  expect(readFileSync(files.part(running), 'utf8')).toBe('begun ')
  await over(running)
  expect((await runner.cancel(running)).state).toBe('cancelled')
  await runner.remove(running)
  expect(runner.get(running)).toBeUndefined()
})

it('tells why a job failed, with the plugin’s own words', async () => {
  const plugin = fixture(`fail({ message: 'Line 3 is bad.' }); process.exit(1)`, { name: 'broken' })
  const { runner, over } = await openRunner([plugin])
  const { job } = await runner.submit({ pipeline: pipelineOf(plugin), input: pieces('x') })
  await over(job.id)
  expect(runner.get(job.id)).toMatchObject({ state: 'failed', message: expect.stringContaining('Line 3 is bad.') })
})

it('takes up after an orderly end what was at work, without counting that as an attempt', async () => {
  const plugin = slow()
  const first = await openRunner([plugin])
  const { job } = await first.runner.submit({ pipeline: pipelineOf(plugin), input: pieces('end') })
  await wait(200)
  await first.close()
  const second = await openRunner([plugin], first.folder)
  await second.over(job.id)
  expect(second.runner.get(job.id)).toMatchObject({ state: 'done', attempts: 1 })
  expect(readFileSync(second.files.output(job.id), 'utf8')).toBe('begun end')
})

it('gives up on a job over which three daemons died', async () => {
  const plugin = copy()
  const { store, folder, close } = await openRunner([plugin])
  const submitted = { id: 'j', pipeline: 'p', pipelineJson: '{}', inputType: 'text/plain', outputType: 'text/plain' }
  store.submit({ ...submitted, inputBytes: 1, digest: 'd' })
  for (let attempt = 1; attempt <= 3; attempt++) {
    expect(store.claim()?.attempts).toBe(attempt)
    const { resumed, interrupted } = store.recover(3)
    expect([resumed, interrupted]).toEqual(attempt < 3 ? [['j'], []] : [[], ['j']])
  }
  expect(store.get('j')).toMatchObject({ state: 'interrupted', message: expect.stringContaining('3 times') })
  await close()
  expect(folder).toBeTruthy()
})

it('lets one daemon alone work with a state folder', () => {
  const folder = scratch()
  const release = becomeSole(folder)
  expect(() => becomeSole(folder)).toThrow('already')
  release()
  becomeSole(folder)()
})
