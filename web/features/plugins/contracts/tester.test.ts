import { createPinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { createApp } from 'vue'
import type { CallReport, Json, StreamLine } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ContractService } from '../../../companion/contracts.ts'
import { studioKey, type Studio } from '../../studio.ts'
import { MAX_CALLS, MAX_ITEMS, useTester, type TestWish } from './tester.ts'

/** What a companion says to calls. */
type Script = Pick<ContractService, 'call' | 'stream'>

const report = (result: Json = null): CallReport => ({ result, took: 12, items: 0, command: '' })
const wish = (about: Partial<TestWish> = {}): TestWish => ({
  name: 'echo',
  method: 'synthesize',
  params: { text: 'It’s me.' },
  draft: { text: 'It’s me.' },
  streams: false,
  ...about,
})
let script: Partial<Script>
beforeEach(() => {
  script = {}
  const contractService: Script = {
    call: (...given) => script.call!(...given),
    stream: (...given) => script.stream!(...given),
  }
  createApp({})
    .use(createPinia())
    .provide(studioKey, { contractService } as Partial<Studio> as Studio)
})

/** A stream of `count` items, then a report or a failure. */
async function* items(count: number, end: StreamLine | SeamError = { report: report() }): AsyncGenerator<StreamLine> {
  for (let at = 0; at < count; at++) yield { item: `item ${at}`, at: at + 5 }
  if (end instanceof SeamError) throw end
  yield end
}

it('a call keeps its result, how long it took, and how it is made in a terminal', async () => {
  script.call = () => Promise.resolve(report({ ok: true }))
  const tester = useTester()
  const call = await tester.begin(wish())
  expect(call).toMatchObject({ state: 'done', result: { ok: true }, took: 12 })
  expect(call.command).toBe(String.raw`voxloom contracts call echo synthesize --text 'It’s me.'`)
  expect([tester.shown('echo')?.id, tester.of('echo').length, tester.of('other').length]).toEqual([call.id, 1, 0])
})

it('a call that fails says why, and can be made in a terminal all the same', async () => {
  const failure = new SeamError('not-found', 'There is no voice “x”.', { details: { code: 1001 } })
  script.call = () => Promise.reject(failure)
  const call = await useTester().begin(wish({ params: { voice_id: 'x' } }))
  expect(call).toMatchObject({ state: 'failed', failure: { details: { code: 1001 } } })
  expect(call.command).toBe('voxloom contracts call echo synthesize --voice-id x')
})

it('a stream gives its items as they come, and keeps those before a failure', async () => {
  const heard: Json[] = []
  script.stream = () => items(3, new SeamError('engine', 'It ended.'))
  const call = await useTester().begin(wish({ streams: true }), item => heard.push(item))
  expect(call).toMatchObject({ state: 'failed', items: ['item 0', 'item 1', 'item 2'], first: 5, count: 3 })
  expect(heard).toEqual(call.items)
  expect(call.command).toMatch(/ --stream$/)
})

it('a stream without an end is kept in part, and counted whole', async () => {
  script.stream = () => items(MAX_ITEMS)
  const tester = useTester()
  expect((await tester.begin(wish({ streams: true }))).items).toHaveLength(MAX_ITEMS)
  script.stream = () => items(MAX_ITEMS + 1)
  const more = await tester.begin(wish({ streams: true }))
  expect([more.items.length, more.count]).toEqual([MAX_ITEMS, MAX_ITEMS + 1])
})

it('a call that is stopped is told to be so, and what came of it stays', async () => {
  script.stream = async function* (_, { signal } = {}) {
    yield { item: 'one', at: 1 }
    await new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)))
  }
  const tester = useTester()
  const ended = tester.begin(wish({ streams: true }), () =>
    queueMicrotask(() => tester.cancel(tester.running('echo')!.id)),
  )
  expect(await ended).toMatchObject({ state: 'cancelled', items: ['one'] })
  expect(tester.running('echo')).toBeUndefined()
})

it('keeps the last calls, each of which can be put into the form again', async () => {
  script.call = () => Promise.resolve(report())
  const tester = useTester()
  const first = await tester.begin(wish({ draft: { text: 'first' } }))
  for (let at = 1; at < MAX_CALLS; at++) await tester.begin(wish())
  expect(tester.of('echo')).toHaveLength(MAX_CALLS)
  tester.takeUp(first)
  expect([tester.draft('echo', 'synthesize'), tester.methods['echo'], tester.shown('echo')?.id]).toEqual([
    { text: 'first' },
    'synthesize',
    first.id,
  ])
  await tester.begin(wish())
  expect(tester.of('echo')).toHaveLength(MAX_CALLS)
  expect(tester.of('echo')).not.toContainEqual(expect.objectContaining({ id: first.id }))
  tester.clear('echo')
  expect(tester.of('echo')).toEqual([])
})
