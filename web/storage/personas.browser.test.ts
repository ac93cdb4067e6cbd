import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it } from 'vitest'
import type { Persona } from '#protocol/personas.ts'
import { openPersonaStore, type OpenPersonaStore } from './personas.ts'

const open: OpenPersonaStore[] = []
const names = new Set<string>()
let count = 0

const fresh = () => {
  const name = `test-personas-${Date.now()}-${count++}`
  names.add(name)
  return name
}
const tab = async (name: string) => {
  const store = await openPersonaStore({ name })
  open.push(store)
  return store
}
const iris = (id = 'iris', name = 'Iris'): Persona => ({
  id,
  name,
  prompt: 'Prune.',
  greeting: 'Mind the roses.',
  voice: [{ id: 'bf_lily', weight: 1 }],
  speed: 1,
  lang: 'en-gb',
  card: { spec: 'chara_card_v3', data: { name, odd: '\ud800', extensions: { deep: [{ x: null }] } } },
})

afterEach(async () => {
  for (const store of open.splice(0)) store.close()
  for (const name of names) await deleteDB(name)
  names.clear()
})

describe('personas', () => {
  it('are kept across connections, with their cards and files as they came', async () => {
    const name = fresh()
    const files = { picture: Uint8Array.of(1, 2), assets: { 'assets/x.bin': Uint8Array.of(3) } }
    const first = await tab(name)
    const stored = await first.create(iris(), files)
    first.close()
    const second = await tab(name)
    expect(await second.open('iris')).toEqual({ ...iris(), revision: 1, updatedAt: stored.updatedAt })
    expect(await second.files('iris')).toEqual(files)
    expect(await second.files('nobody')).toEqual({ assets: {} })
  })

  it('keep their files when the text is saved', async () => {
    const store = await tab(fresh())
    const stored = await store.create(iris(), { assets: { a: Uint8Array.of(7) } })
    const saved = await store.save({ ...stored, prompt: 'Water.' }, 1)
    expect(saved.revision).toBe(2)
    expect(await store.open('iris')).toEqual(saved)
    expect(Object.keys((await store.files('iris')).assets)).toEqual(['a'])
  })

  it('are listed by name', async () => {
    const store = await tab(fresh())
    for (const name of ['iris 10', 'Ada', 'Iris 9', 'ärmel']) await store.create(iris(name, name))
    expect((await store.list()).map(({ name }) => name)).toEqual(['Ada', 'ärmel', 'Iris 9', 'iris 10'])
    expect((await store.list())[0]).toEqual({
      id: 'Ada',
      name: 'Ada',
      voice: [{ id: 'bf_lily', weight: 1 }],
      revision: 1,
      updatedAt: expect.any(String) as string,
    })
  })

  it('refuse a save made from an older revision, an id that is taken, and one that is gone', async () => {
    const name = fresh()
    const [here, there] = [await tab(name), await tab(name)]
    const stored = await here.create(iris())
    const theirs = await there.save({ ...stored, prompt: 'Theirs.' }, 1)
    await expect(here.save({ ...stored, prompt: 'Mine.' }, 1)).rejects.toMatchObject({
      code: 'conflict',
      details: { stored: 2, expected: 1 },
    })
    await expect(here.create(iris())).rejects.toMatchObject({ code: 'conflict' })
    expect(await here.open('iris')).toEqual(theirs)
    await here.remove('iris')
    await expect(there.save(theirs, 2)).rejects.toMatchObject({ code: 'not-found' })
    await expect(there.open('iris')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('go wholly', async () => {
    const name = fresh()
    const store = await tab(name)
    await store.create(iris(), { assets: { a: Uint8Array.of(7) } })
    await store.create(iris('other', 'Other'))
    await store.remove('iris')
    expect((await store.list()).map(({ id }) => id)).toEqual(['other'])
    const raw = await openDB(name)
    expect(await raw.getAllKeys('files')).not.toContain('iris')
    raw.close()
  })

  it('tell other tabs, not their own', async () => {
    const name = fresh()
    const [here, there] = [await tab(name), await tab(name)]
    const heard: unknown[] = []
    const own: unknown[] = []
    here.watch(change => own.push(change))
    there.watch(change => heard.push(change))
    const stored = await here.create(iris())
    await here.save(stored, 1)
    await here.remove('iris')
    const changes = [
      { id: 'iris', revision: 1 },
      { id: 'iris', revision: 2 },
      { id: 'iris', removed: true },
    ]
    await expect.poll(() => heard).toEqual(changes)
    expect(own).toEqual([])
  })
})
