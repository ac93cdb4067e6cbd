/// <reference types="@vitest/browser-playwright" />
import { deleteDB } from 'idb'
import { cdp } from 'vitest/browser'
import { describe, expect, inject, it, vi } from 'vitest'
import { PART_BYTES } from './model-partial.ts'
import { openModelStore } from './models.ts'
import { openPcmStore } from './pcm.ts'
import { openProjectStore } from './projects.ts'
import { testModel } from './testing/hub-client.ts'
import { sampleProject, withText } from './testing/sample.ts'
import { tone } from './testing/tone.ts'

/** Runs `work` with only `room` bytes more than what is used. */
async function withRoom<T>(room: number, work: () => Promise<T>): Promise<T> {
  const { usage } = await navigator.storage.estimate()
  await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: (usage ?? 0) + room })
  try {
    return await work()
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin })
  }
}

/** The browser remembers for up to half a minute how much room it found, so a write may still pass: then once more. */
async function untilRefused(write: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 0; attempt < 45; attempt++) {
    const reason = await write().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (reason !== undefined) return reason
    await new Promise(resolve => setTimeout(resolve, 1_000))
  }
  return undefined
}

describe('a full disk', () => {
  it('is a sentence with figures, and the project stays as it was', async () => {
    const name = `test-quota-${Date.now()}`
    let stored = sampleProject('one')
    await withRoom(500_000, async () => {
      const store = await openProjectStore({ name })
      await store.create(stored)
      const reason = await untilRefused(async () => {
        const text = Array.from({ length: 8_000_000 / 36 }, () => Math.random().toString(36)).join('')
        stored = await store.save(withText(stored, 0, 0, text), stored.revision)
      })
      expect(reason).toMatchObject({
        name: 'SeamError',
        code: 'quota',
        retryable: false,
        message: expect.stringContaining('no room left'),
        details: { need: expect.any(Number) },
      })
      expect(await store.open('one')).toEqual(stored)
      store.close()
    })
    const store = await openProjectStore({ name })
    expect((await store.save(stored, stored.revision)).revision).toBe(stored.revision + 1)
    store.close()
    await deleteDB(name)
  })

  it('stops rendered sound with a sentence, and what was stored stays', async () => {
    const name = `test-quota-pcm-${Date.now()}`
    const store = await openPcmStore({ name })
    await store.put('aa1', [tone('aa1', 24_000)])
    await withRoom(200_000, async () => {
      const stored: string[] = []
      const reason = await untilRefused(async () => {
        const key = `bb${stored.length}`
        await store.put(key, [tone(key, 2_400_000)])
        stored.push(key)
      })
      expect(reason).toMatchObject({ code: 'quota', details: { need: expect.any(Number) } })
      expect(await Array.fromAsync(store.keys())).toEqual(['aa1', ...stored])
      for (const key of ['aa1', ...stored]) expect(await store.get(key)).toBeDefined()
    })
    await store.put('cc1', [tone('cc1', 2_400_000)])
    expect((await store.get('cc1'))!.samples).toHaveLength(2_400_000)
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true })
  })

  it('refuses a model before a byte is fetched when there is not room for all of it', async () => {
    const name = `test-quota-models-${Date.now()}`
    const hub = inject('hub')
    const test = await testModel(hub, { 'onnx/model.onnx': 3_000_000 })
    const store = await openModelStore({ name, hubBase: hub, companionBase: hub })
    // Chromium always answers with a round figure; other browsers tell.
    const estimate = vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ usage: 0, quota: 2_999_999 })
    await expect(store.pull(test.model, test.model.variants[0]!)).rejects.toMatchObject({
      code: 'quota',
      details: { need: 3_000_000, free: 2_999_999 },
    })
    estimate.mockResolvedValue({ usage: 1, quota: 3_000_001 })
    expect(await test.seen('hub', 'onnx/model.onnx')).toHaveLength(0)
    await store.pull(test.model, test.model.variants[0]!)
    estimate.mockRestore()
    expect(await store.state(test.model, test.model.variants[0]!)).toMatchObject({ state: 'ready' })
    await caches.delete(name)
  })

  it('keeps the beginning of a model when room runs out on the way', async () => {
    const name = `test-quota-mid-${Date.now()}`
    const hub = inject('hub')
    const test = await testModel(hub, { 'onnx/model.onnx': 4 * PART_BYTES })
    const store = await openModelStore({ name, hubBase: hub, companionBase: hub })
    await withRoom(1.5 * PART_BYTES, async () => {
      const pulling = store.pull(test.model, test.model.variants[0]!)
      await expect(pulling).rejects.toMatchObject({ code: 'quota' })
    })
    const state = await store.state(test.model, test.model.variants[0]!)
    const have = state.state === 'partial' ? state.have : 0
    expect([PART_BYTES, 2 * PART_BYTES, 3 * PART_BYTES]).toContain(have)
    await store.pull(test.model, test.model.variants[0]!)
    expect((await test.seen('hub', 'onnx/model.onnx')).at(-1)!.range).toBe(`bytes=${have}-`)
    expect(await store.verify(test.model, test.model.variants[0]!)).toMatchObject({ state: 'ready' })
    await caches.delete(name)
  })
})
