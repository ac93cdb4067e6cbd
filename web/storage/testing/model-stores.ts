import { inject } from 'vitest'
import type { ModelState, ModelStore } from '../types.ts'
import { openModelStore, type ModelStoreOptions } from '../models.ts'
import type { TestModel } from './hub-client.ts'

/** Small, so that a file of several parts is quick to serve. */
export const TEST_PART_BYTES = 256 << 10

const names: string[] = []

/** A store of its own cache, whose companion and hub are the test hub. */
export function openTestStore(
  options: ModelStoreOptions = {},
  name = `test-models-${Date.now()}-${names.length}`,
): Promise<ModelStore> {
  const hub = inject('hub')
  names.push(name)
  return openModelStore({
    hubBase: hub,
    companionBase: hub,
    name,
    retryDelay: 5,
    partBytes: TEST_PART_BYTES,
    ...options,
  })
}

/** Cache of the store that was opened last. */
export const lastCache = (): Promise<Cache> => caches.open(names.at(-1)!)

export async function dropTestStores(): Promise<void> {
  for (const name of names.splice(0)) await caches.delete(name)
}

/** Pulls into a new store. */
export async function pulled(
  test: TestModel,
  options: ModelStoreOptions = {},
): Promise<{ store: ModelStore; outcome: unknown }> {
  const store = await openTestStore(options)
  const outcome = await store.pull(test.model, test.model.variants[0]!).then(
    () => 'ok',
    (error: unknown) => error,
  )
  return { store, outcome }
}

export const stateOf = (store: ModelStore, test: TestModel): Promise<ModelState> =>
  store.state(test.model, test.model.variants[0]!)

/** Compares megabytes without the cost of a readable difference. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}
