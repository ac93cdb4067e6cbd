import { afterEach, describe, expect, inject, it } from 'vitest'
import type { Progress } from '#protocol/run.ts'
import { noise, testModel, type TestModel } from './testing/hub-client.ts'
import {
  dropTestStores,
  lastCache,
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

describe('stored models', () => {
  const address = (test: TestModel, path: string, part: number) => `/models/${test.model.id}/${path}?part=${part}`

  it('are verified; damaged files are dropped and only those fetched again', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG, 'voices/a.bin': 5_000 })
    const { store } = await pulled(test)
    const ready = await store.verify(test.model, test.model.variants[0]!)
    expect(ready).toMatchObject({ state: 'ready' })

    const cache = await lastCache()
    const part = (await cache.match(address(test, WEIGHTS, 0)))!
    const bytes = new Uint8Array(await part.arrayBuffer())
    bytes[1_000]! ^= 1
    await cache.put(address(test, WEIGHTS, 0), new Response(bytes, { headers: part.headers }))
    expect(await stateOf(store, test)).toMatchObject({ state: 'ready' })
    const progress: Progress[] = []
    const damaged = await store.verify(test.model, test.model.variants[0]!, { onProgress: each => progress.push(each) })
    expect(damaged).toEqual({ state: 'damaged', files: [WEIGHTS] })
    expect(progress.at(-1)).toMatchObject({ done: BIG + 5_000, total: BIG + 5_000 })
    expect(await stateOf(store, test)).toEqual(damaged)
    expect(await store.size()).toBe(5_000)
    await expect(store.read(test.model, WEIGHTS)).rejects.toMatchObject({ code: 'not-found' })

    await store.pull(test.model, test.model.variants[0]!)
    expect(await store.verify(test.model, test.model.variants[0]!)).toMatchObject({ state: 'ready' })
    expect(await test.seen('hub', WEIGHTS)).toHaveLength(2)
    expect(await test.seen('hub', 'voices/a.bin')).toHaveLength(1)
    expect(same(await store.read(test.model, WEIGHTS), test.contents.get(WEIGHTS)!)).toBe(true)
  })

  it('are damaged when the browser lost a part', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    const { store } = await pulled(test)
    await (await lastCache()).delete(address(test, WEIGHTS, 0))
    expect(await stateOf(store, test)).toEqual({ state: 'damaged', files: [WEIGHTS] })
    await expect(store.read(test.model, WEIGHTS)).rejects.toMatchObject({ code: 'not-found' })
    await store.pull(test.model, test.model.variants[0]!)
    expect(await stateOf(store, test)).toMatchObject({ state: 'ready' })
  })

  it('of an older edition count as absent', async () => {
    const test = await testModel(hub, { [WEIGHTS]: BIG })
    const { store } = await pulled(test)
    const newer = await testModel(hub, { [WEIGHTS]: 2_000 })
    const model = { ...newer.model, id: test.model.id }
    expect(await store.state(model, model.variants[0]!)).toEqual({ state: 'absent' })
    await expect(store.read(model, WEIGHTS)).rejects.toMatchObject({ code: 'not-found' })
    await store.pull(model, model.variants[0]!)
    expect(same(await store.read(model, WEIGHTS), newer.contents.get(WEIGHTS)!)).toBe(true)
    expect(await store.size()).toBe(2_000)
  })

  it('are removed with what was derived from them, and nothing else is', async () => {
    const [a, b] = [await testModel(hub, { [WEIGHTS]: 1_000 }), await testModel(hub, { [WEIGHTS]: 2_000 })]
    const { store } = await pulled(a)
    await store.pull(b.model, b.model.variants[0]!)
    await store.writeDerived(`${a.model.id}/graph`, noise(10, 1))
    await store.writeDerived(`${b.model.id}/graph`, noise(10, 2))
    await store.remove(a.model)
    expect(await stateOf(store, a)).toEqual({ state: 'absent' })
    expect(await stateOf(store, b)).toMatchObject({ state: 'ready' })
    expect(await store.readDerived(`${a.model.id}/graph`)).toBeUndefined()
    expect(await store.readDerived(`${b.model.id}/graph`)).toEqual(noise(10, 2))
    expect(await store.size()).toBe(2_010)
  })

  it('are not removed while they are being downloaded', async () => {
    const test = await testModel(hub, { [WEIGHTS]: 100_000 })
    await test.fault('hub', WEIGHTS, { holdAfter: 50_000 })
    const store = await open()
    const stop = new AbortController()
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const pulling = store.pull(test.model, test.model.variants[0]!, {
      signal: stop.signal,
      onProgress({ done }) {
        if (done > 0) resolve()
      },
    })
    await begun
    await expect(store.remove(test.model)).rejects.toMatchObject({ code: 'conflict' })
    stop.abort()
    await expect(pulling).rejects.toMatchObject({ code: 'cancelled' })
    await store.remove(test.model)
    expect(await store.size()).toBe(0)
  })

  it('derived files come back as written, or not at all', async () => {
    const store = await open()
    const bytes = noise(TEST_PART_BYTES + 1, 3)
    expect(await store.readDerived('m/a b.onnx')).toBeUndefined()
    await store.writeDerived('m/a b.onnx', noise(3 * TEST_PART_BYTES, 4))
    await store.writeDerived('m/a b.onnx', bytes)
    expect(same((await store.readDerived('m/a b.onnx'))!, bytes)).toBe(true)
    expect(await store.size()).toBe(TEST_PART_BYTES + 1)
    const cache = await lastCache()
    const part = (await cache.match('/models/.derived/m/a%20b.onnx?part=1'))!
    await cache.put('/models/.derived/m/a%20b.onnx?part=1', new Response(Uint8Array.of(9), { headers: part.headers }))
    expect(await store.readDerived('m/a b.onnx')).toBeUndefined()
  })
})
