/// <reference types="@vitest/browser-playwright" />
import { deleteDB } from 'idb'
import { cdp } from 'vitest/browser'
import { describe, expect, it } from 'vitest'
import { openProjectStore } from './projects.ts'
import { sampleProject, withText } from './testing/sample.ts'

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
        details: { free: expect.any(Number) },
      })
      expect(await store.open('one')).toEqual(stored)
      store.close()
    })
    const store = await openProjectStore({ name })
    expect((await store.save(stored, stored.revision)).revision).toBe(stored.revision + 1)
    store.close()
    await deleteDB(name)
  })
})
