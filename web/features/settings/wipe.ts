import type { Studio } from '../studio.ts'

/** Milliseconds that a database may stay blocked by another tab before we go on without it. */
const PATIENCE = 2000

function dropDatabase(name: string): Promise<void> {
  return new Promise(resolve => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = request.onerror = () => resolve()
    setTimeout(resolve, PATIENCE)
  })
}

async function clearPrivateFiles(): Promise<void> {
  const root = await navigator.storage.getDirectory().catch(() => undefined)
  if (!root) return
  for await (const name of root.keys()) {
    // A file that another tab holds open can't go; its content was emptied through its store before.
    await root.removeEntry(name, { recursive: true }).catch(() => undefined)
  }
}

/**
 * Deletes everything that Voxloom keeps in this browser: projects, transcripts, conversations, personas, sound, models,
 * choices, the offline copy of the page. Stores are emptied first, so that other tabs notice. Reload afterwards.
 */
export async function wipe({ projects, personas, pcm, ...studio }: Studio): Promise<void> {
  const stores = [projects, personas, await studio.transcripts(), await studio.conversations()]
  for (const store of stores) for (const { id } of await store.list()) await store.remove(id)
  const keys: string[] = []
  for await (const key of pcm.keys()) keys.push(key)
  await pcm.remove(keys)

  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister()
  for (const name of await caches.keys()) await caches.delete(name)
  await clearPrivateFiles()
  const databases = (await indexedDB.databases?.()) ?? []
  await Promise.all(databases.map(({ name }) => (name ? dropDatabase(name) : undefined)))
  localStorage.clear()
  sessionStorage.clear()
}
