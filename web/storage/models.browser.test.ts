import { afterEach, describe, expect, inject, it } from 'vitest'
import type { Progress } from '#protocol/run.ts'
import { testModel } from './testing/hub-client.ts'
import {
  dropTestStores,
  openTestStore as open,
  pulled,
  same,
  stateOf,
  TEST_PART_BYTES,
} from './testing/model-stores.ts'

const hub = inject('hub')
const WEIGHTS = 'onnx/model.onnx'
const BIG = 2 * TEST_PART_BYTES + 12_345

afterEach(dropTestStores)

describe('a download', () => {
  it('fills the cache from the hub when there is no companion, and tells how far it is', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG, 'voices/a.bin': 5_000, 'voices/b.bin': 0 })
    const store = await open()
    expect(await stateOf(store, test)).toEqual({ state: 'absent' })
    const progress: Progress[] = []
    await store.pull(test.model, test.model.variants[0]!, { onProgress: each => progress.push(each) })
    expect(progress[0]).toEqual({ done: 0, total: BIG + 5_000, what: 'models.downloading' })
    expect(progress.at(-1)).toEqual({ done: BIG + 5_000, total: BIG + 5_000, what: 'models.downloading' })
    expect(await stateOf(store, test)).toMatchObject({ state: 'ready', bytes: BIG + 5_000 })
    for (const [path, bytes] of test.contents) expect(same(await store.read(test.model, path), bytes)).toBe(true)
    expect(await store.size()).toBe(BIG + 5_000)
    expect(await test.seen('hub', WEIGHTS)).toEqual([{ range: null, ifRange: null, referer: null, cookie: null }])
    await store.pull(test.model, test.model.variants[0]!)
    expect(await test.seen('hub', WEIGHTS)).toHaveLength(1)
  })

  it('asks the companion first', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000 })
    await test.put('companion', WEIGHTS, test.contents.get(WEIGHTS)!)
    const { outcome } = await pulled(test)
    expect(outcome).toBe('ok')
    expect(await test.seen('companion', WEIGHTS)).toHaveLength(1)
    expect(await test.seen('hub', WEIGHTS)).toHaveLength(0)
  })

  it('goes on after cuts in mid-body, without the bytes it has', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.fault('hub', WEIGHTS, { cutAfter: TEST_PART_BYTES + 100 }, { cutAfter: 50_000 }, { status: 500 })
    const { store, outcome } = await pulled(test)
    expect(outcome).toBe('ok')
    const ranges = (await test.seen('hub', WEIGHTS)).map(seen => Number(/\d+/.exec(seen.range ?? '0')![0]))
    expect(ranges).toHaveLength(4)
    expect(ranges[0]).toBe(0)
    expect(ranges[1]).toBeGreaterThan(0)
    expect(ranges[2]).toBeGreaterThan(ranges[1]!)
    expect(ranges[3]).toBe(ranges[2])
    expect(same(await store.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('goes on after a reload in mid-download', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.fault('hub', WEIGHTS, { holdAfter: TEST_PART_BYTES + 200_000 })
    const name = `test-models-reload-${Date.now()}`
    const stop = new AbortController()
    const before = (await open({}, name)).pull(test.model, test.model.variants[0]!, {
      signal: stop.signal,
      onProgress({ done }) {
        if (done >= TEST_PART_BYTES + 200_000) stop.abort()
      },
    })
    await expect(before).rejects.toMatchObject({ code: 'cancelled' })
    const after = await open({}, name)
    expect(await stateOf(after, test)).toEqual({ state: 'partial', have: TEST_PART_BYTES + 200_000, bytes: BIG })
    await expect(after.read(test.model, WEIGHTS)).rejects.toMatchObject({ code: 'not-found' })
    await after.pull(test.model, test.model.variants[0]!)
    expect((await test.seen('hub', WEIGHTS)).at(-1)!.range).toBe(`bytes=${TEST_PART_BYTES + 200_000}-`)
    expect(same(await after.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('begins again when the server ignores ranges', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.fault('hub', WEIGHTS, { cutAfter: TEST_PART_BYTES * 1.5 }, { ignoreRange: true })
    const { store, outcome } = await pulled(test)
    expect(outcome).toBe('ok')
    expect(same(await store.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('begins again when the range cannot be had', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.fault('hub', WEIGHTS, { cutAfter: 100_000 }, { status: 416 })
    expect((await pulled(test)).outcome).toBe('ok')
    expect((await test.seen('hub', WEIGHTS)).map(seen => seen.range !== null)).toEqual([false, true, false])
  })

  it('throws parked bytes away when the whole is wrong, and asks the same server once more', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.fault('hub', WEIGHTS, { flip: 5, cutAfter: TEST_PART_BYTES })
    const { store, outcome } = await pulled(test)
    expect(outcome).toBe('ok')
    expect((await test.seen('hub', WEIGHTS)).at(-1)!.range).toBeNull()
    expect(same(await store.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('turns to the next source when the hash is wrong', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    await test.put('companion', WEIGHTS, test.contents.get(WEIGHTS)!)
    await test.fault('companion', WEIGHTS, { flip: 77, always: true })
    const { store, outcome } = await pulled(test)
    expect(outcome).toBe('ok')
    expect(await test.seen('companion', WEIGHTS)).toHaveLength(1)
    expect(same(await store.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('gives up with a sentence when every source is wrong, and keeps nothing of it', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 3_000 })
    await test.fault('hub', WEIGHTS, { flip: 77, always: true })
    const { store, outcome } = await pulled(test)
    expect(outcome).toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('SHA-256'),
      details: { reason: 'hash', file: WEIGHTS },
    })
    expect(await stateOf(store, test)).toEqual({ state: 'absent' })
    expect(await store.size()).toBe(0)
  })

  it.each(['typed', 'untyped'] as const)('knows a web page (%s) in place of weights', async html => {
    const test = await testModel(hub, { [WEIGHTS]: 100_000 })
    await test.fault('hub', WEIGHTS, { html, always: true })
    const { store, outcome } = await pulled(test)
    expect(outcome).toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('web page'),
      details: { reason: 'page' },
    })
    expect(await store.size()).toBe(0)
  })

  it('passes a companion that answers with a web page', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 100_000 })
    await test.put('companion', WEIGHTS, new Uint8Array(1))
    await test.fault('companion', WEIGHTS, { html: 'typed', always: true })
    expect((await pulled(test)).outcome).toBe('ok')
  })

  it.each([
    ['one byte short', { length: 99_999 }],
    ['one byte long', { length: 100_001 }],
    ['one byte long, and silent about it', { length: 100_001, noLength: true }],
  ])('refuses a file that is %s', async (_, fault) => {
    const test = await testModel(hub, { [WEIGHTS]: 100_000 })
    await test.fault('hub', WEIGHTS, { ...fault, always: true })
    const { store, outcome } = await pulled(test)
    expect(outcome).toMatchObject({ code: 'integrity', details: { reason: 'size' } })
    expect(await store.size()).toBe(0)
  })

  it('gives up on a file that always ends too early, silently', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 100_000 })
    await test.fault('hub', WEIGHTS, { length: 99_999, noLength: true, always: true })
    expect((await pulled(test)).outcome).toMatchObject({ name: 'SeamError', retryable: true })
  })

  it.each([
    [404, 'not-found'],
    [403, 'refused'],
    [500, 'offline'],
    [429, 'offline'],
  ])('says so when the hub answers %d for good', async (status, code) => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000 })
    await test.fault('hub', WEIGHTS, { status, always: true })
    expect((await pulled(test)).outcome).toMatchObject({ code, message: expect.stringContaining('127.0.0.1') })
  })

  it('waits as long as the hub asks, but not for ever', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000 })
    await test.fault('hub', WEIGHTS, { status: 429, headers: { 'retry-after': '1' } })
    const from = performance.now()
    expect((await pulled(test)).outcome).toBe('ok')
    expect(performance.now() - from).toBeGreaterThanOrEqual(1_000)
    const busy = await testModel(hub, { [WEIGHTS]: 1_000 })
    await busy.fault('hub', WEIGHTS, { status: 429, headers: { 'retry-after': '61' } })
    expect((await pulled(busy)).outcome).toMatchObject({ code: 'offline' })
    expect(await busy.seen('hub', WEIGHTS)).toHaveLength(1)
  })

  it('takes a silent connection for a cut one', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 200_000 })
    await test.fault('hub', WEIGHTS, { holdAfter: 100_000 })
    expect((await pulled(test, { stallTimeout: 300 })).outcome).toBe('ok')
    expect((await test.seen('hub', WEIGHTS)).at(-1)!.range).toBe('bytes=100000-')
  })

  it('says so when nothing can be reached', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000 })
    const nowhere = 'http://127.0.0.1:1'
    const { outcome } = await pulled(test, { hubBase: nowhere, companionBase: nowhere })
    expect(outcome).toMatchObject({
      code: 'offline',
      retryable: true,
      message: expect.stringContaining('cannot be reached'),
    })
  })

  it('says so when no source is for the page', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000 })
    expect((await pulled(test, { sources: ['packages'] })).outcome).toMatchObject({ code: 'not-found' })
  })

  it('happens once when two tabs ask at the same time', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG, 'voices/a.bin': 5_000 })
    const name = `test-models-tabs-${Date.now()}`
    const tabs = await Promise.all([open({}, name), open({}, name), open({}, name)])
    await Promise.all(tabs.map(tab => tab.pull(test.model, test.model.variants[0]!)))
    expect(await test.seen('hub', WEIGHTS)).toHaveLength(1)
    expect(await test.seen('hub', 'voices/a.bin')).toHaveLength(1)
    expect(await stateOf(tabs[2]!, test)).toMatchObject({ state: 'ready' })
  })

  it('keeps the files that were complete when another fails', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 1_000, 'voices/a.bin': 5_000 })
    await test.fault('hub', WEIGHTS, { status: 404, headers: {} })
    const { store, outcome } = await pulled(test)
    expect(outcome).toMatchObject({ code: 'not-found' })
    await store.pull(test.model, test.model.variants[0]!)
    expect((await test.seen('hub', 'voices/a.bin')).length).toBeLessThanOrEqual(2)
    expect(await stateOf(store, test)).toMatchObject({ state: 'ready' })
  })
})
