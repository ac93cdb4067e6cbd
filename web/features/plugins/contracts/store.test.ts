import { createPinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { createApp } from 'vue'
import type { ContractEvent, ContractInfo, InstallLine } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ContractService } from '../../../companion/contracts.ts'
import { useJobs } from '../../../ui/jobs.ts'
import { studioKey, type Studio } from '../../studio.ts'
import { contractInfo } from './fixture.ts'
import { MAX_LINES, useContracts } from './store.ts'

let there: readonly ContractInfo[]
let script: Partial<ContractService>
beforeEach(() => {
  there = [contractInfo('alto'), contractInfo('bass')]
  script = { list: () => Promise.resolve(there) }
  const contractService = new Proxy({} as ContractService, {
    get: (_, key: keyof ContractService) => script[key],
  })
  createApp({})
    .use(createPinia())
    .provide(studioKey, { contractService } as Partial<Studio> as Studio)
})

/** Follows events until all were told. */
async function told(...events: readonly ContractEvent[]) {
  script.watch = async function* () {
    yield* events
  }
  const store = useContracts()
  await store.follow(new AbortController().signal)
  return store
}
const names = ({ list }: { list: readonly ContractInfo[] | undefined }) => list!.map(({ name }) => name)

it('a folder that is dropped in appears in its place, and one that is taken away goes', async () => {
  const store = await told(
    { kind: 'info', info: contractInfo('alto', { status: 'ERROR' }) },
    { kind: 'info', info: contractInfo('aria') },
    { kind: 'gone', name: 'bass' },
  )
  expect(names(store)).toEqual(['alto', 'aria'])
  expect(store.byName.get('alto')!.status).toBe('ERROR')
})

it('plugins stand in the order of the names that people see', async () => {
  const store = await told({ kind: 'info', info: contractInfo('my_tts_plugin', { displayName: 'Beatbox' }) })
  expect(names(store)).toEqual(['alto', 'bass', 'my_tts_plugin'])
  const first = contractInfo('zulu', { displayName: 'Accordion' })
  expect(names(await told({ kind: 'info', info: first }))[0]).toBe('zulu')
})

it('of two of one name the one that can be used counts', async () => {
  const double = { folder: '/elsewhere/bass', problem: 'There is another “bass”.' }
  const store = await told({ kind: 'info', info: contractInfo('bass', double) })
  expect(names(store)).toEqual(['alto', 'bass', 'bass'])
  expect(store.byName.get('bass')!.folder).toBe('/plugins/bass')
})

it('keeps what was known when the companion goes away', async () => {
  const store = await told()
  script.list = () => Promise.reject(new SeamError('offline', 'Gone.'))
  await store.refresh()
  expect(names(store)).toEqual(['alto', 'bass'])
  expect(store.failure).toMatchObject({ code: 'offline' })
})

it('follows the log that was opened, the last lines of it', async () => {
  const line = (text: string, name = 'alto'): ContractEvent => ({ kind: 'log', name, at: '2026-01-01T00:00:00Z', text })
  script.log = () => Promise.resolve([{ at: '2026-01-01T00:00:00Z', text: 'before' }])
  await useContracts().openLog('alto')
  const store = await told(
    ...Array.from({ length: MAX_LINES - 1 }, (_, at) => line(`line ${at}`)),
    line('of another', 'bass'),
  )
  expect([store.logs.get('alto')!.length, store.logs.get('alto')![0]!.text, store.logs.has('bass')]).toEqual([
    MAX_LINES,
    'before',
    false,
  ])
  await told(line('one more'))
  expect([store.logs.get('alto')!.length, store.logs.get('alto')![0]!.text]).toEqual([MAX_LINES, 'line 0'])
})

it('says what is being done, and is done with it when it fails', async () => {
  const store = await told()
  let fail = (_: Error) => {}
  script.swap = () => new Promise((_, reject) => (fail = reject))
  const acting = store.act('alto', 'swap')
  expect(store.acting).toEqual({ alto: 'swap' })
  fail(new SeamError('engine', 'The new one did not start.'))
  await expect(acting).rejects.toMatchObject({ code: 'engine' })
  expect(store.acting).toEqual({})
})

it('packages are installed as a job with progress, which can be stopped', async () => {
  const lines: InstallLine[] = [
    { kind: 'progress', done: 1, total: 2, what: 'numpy' },
    { kind: 'log', text: 'Downloading numpy' },
    { kind: 'done', lock: ['numpy==2.4.6'] },
  ]
  script.install = async function* () {
    yield* lines
  }
  const store = await told()
  const jobs = useJobs()
  await store.install('alto', 'Installing packages of alto')
  expect(jobs.jobs[0]).toMatchObject({ state: 'done', progress: { done: 1, total: 2 } })
  script.install = async function* (_, { signal } = {}) {
    yield lines[0]!
    signal!.throwIfAborted()
    await new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)))
  }
  const stopped = store.install('alto', 'Installing packages of alto')
  jobs.cancel(store.installOf('alto')!.id)
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
  expect(store.installOf('alto')!.state).toBe('cancelled')
})
