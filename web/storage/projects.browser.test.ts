import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it } from 'vitest'
import type { SeamError } from '#protocol/errors.ts'
import { openDocumentDatabase } from './documents-db.ts'
import { openProjectStore, type OpenProjectStore } from './projects.ts'
import { sampleProject, withText } from './testing/sample.ts'

const open: OpenProjectStore[] = []
const names = new Set<string>()
let count = 0

const fresh = () => {
  const name = `test-projects-${Date.now()}-${count++}`
  names.add(name)
  return name
}
const tab = async (name: string) => {
  const store = await openProjectStore({ name })
  open.push(store)
  return store
}

afterEach(async () => {
  for (const store of open.splice(0)) store.close()
  for (const name of names) await deleteDB(name)
  names.clear()
})

describe('projects', () => {
  it('keeps a project across connections', async () => {
    const name = fresh()
    const project = { ...sampleProject('one', 300, 4), later: 'a field of a later version' }
    const first = await tab(name)
    await first.create(project)
    first.close()
    expect(await (await tab(name)).open('one')).toEqual(project)
  })

  it('raises the revision at every save and drops blocks that are no longer used', async () => {
    const name = fresh()
    const store = await tab(name)
    const project = await store.create(sampleProject('one', 1_000, 4))
    const saved = await store.save(withText(project, 2, 3, 'Edited.'), 1)
    expect(saved.revision).toBe(2)
    expect(saved.updatedAt > project.updatedAt).toBe(true)
    expect(await store.open('one')).toEqual(saved)
    const empty = await store.save({ ...saved, chapters: [] }, 2)
    expect(await store.open('one')).toEqual(empty)
    const raw = await openDB(name)
    expect(await raw.count('blocks')).toBe(0)
    raw.close()
  })

  it('refuses a save made from an older revision, and writes nothing', async () => {
    const name = fresh()
    const [here, there] = [await tab(name), await tab(name)]
    const project = await here.create(sampleProject('one'))
    const theirs = await there.save({ ...project, title: 'Theirs' }, 1)
    await expect(here.save({ ...project, title: 'Mine' }, 1)).rejects.toMatchObject({
      code: 'conflict',
      details: { stored: 2, expected: 1 },
    })
    expect(await here.open('one')).toEqual(theirs)
    expect((await here.list()).map(row => row.title)).toEqual(['Theirs'])
  })

  it('lets exactly one of many simultaneous saves win', async () => {
    const name = fresh()
    const tabs = await Promise.all(Array.from({ length: 8 }, () => tab(name)))
    const project = await tabs[0]!.create(sampleProject('one'))
    const results = await Promise.allSettled(
      tabs.map((each, index) => each.save({ ...project, title: `T${index}` }, 1)),
    )
    const won = results.filter(result => result.status === 'fulfilled')
    expect(won).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect((result.reason as SeamError).code).toBe('conflict')
    }
    expect(await tabs[3]!.open('one')).toEqual(won[0]!.value)
  })

  it('does not create over an existing project', async () => {
    const store = await tab(fresh())
    const project = await store.create(sampleProject('one'))
    await expect(store.create({ ...project, title: 'Other' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await store.open('one')).toEqual(project)
  })

  it('lists summaries, latest first, with the figures noted', async () => {
    const store = await tab(fresh())
    const project = await store.create(sampleProject('old', 20))
    await store.create({ ...sampleProject('new'), updatedAt: '2026-02-01T00:00:00.000Z' })
    expect((await store.list()).map(row => row.id)).toEqual(['new', 'old'])
    await store.note('old', { openedAt: '2026-03-01T00:00:00.000Z', rendered: 12.5, estimated: 60 })
    const [first] = await store.list()
    expect(first).toMatchObject({ id: 'old', revision: 1, rendered: 12.5, estimated: 60 })
    expect(first!.characters).toBe(project.chapters.flatMap(c => c.paragraphs).reduce((n, p) => n + p.text.length, 0))
    expect((await store.open('old')).openedAt).toBe('2026-03-01T00:00:00.000Z')
    await store.save(project, 1)
    expect((await store.list()).find(row => row.id === 'old')).toMatchObject({ rendered: 12.5, estimated: 60 })
    await store.note('gone', { rendered: 1 })
    expect(await store.list()).toHaveLength(2)
  })

  it('knows a project without a title by its first words', async () => {
    const store = await tab(fresh())
    const { chapters, ...rest } = sampleProject('a')
    const texts = ['  ', 'x'.repeat(79) + '🙂🙂 and on', 'Later.']
    const paragraphs = texts.map((text, at) => ({ id: `p${at}`, text }))
    await store.create({ ...rest, title: '', chapters: [{ ...chapters[0]!, paragraphs }] })
    await store.create({ ...sampleProject('empty'), chapters: [] })
    const rows = await store.list()
    expect(rows.find(({ id }) => id === 'a')?.opening).toBe('x'.repeat(79) + '🙂')
    expect(rows.find(({ id }) => id === 'empty')?.opening).toBeUndefined()
  })

  it('removes a project wholly, and only that one', async () => {
    const name = fresh()
    const store = await tab(name)
    await store.create(sampleProject('a', 200))
    const kept = await store.create(sampleProject('ab', 200))
    await store.remove('a')
    await expect(store.open('a')).rejects.toMatchObject({ code: 'not-found' })
    await expect(store.save(sampleProject('a'), 1)).rejects.toMatchObject({ code: 'not-found' })
    expect(await store.open('ab')).toEqual(kept)
    const raw = await openDB(name)
    expect((await raw.getAllKeys('blocks')).every(key => (key as string[])[0] === 'ab')).toBe(true)
    raw.close()
  })

  it('tells other tabs, not its own', async () => {
    const name = fresh()
    const [here, there] = [await tab(name), await tab(name)]
    const heard: unknown[] = []
    const own: unknown[] = []
    here.watch(change => own.push(change))
    const end = there.watch(change => heard.push(change))
    const project = await here.create(sampleProject('one'))
    await here.save(project, 1)
    await here.remove('one')
    await expect
      .poll(() => heard)
      .toEqual([
        { id: 'one', revision: 1 },
        { id: 'one', revision: 2 },
        { id: 'one', removed: true },
      ])
    end()
    await here.create(sampleProject('two'))
    const later: unknown[] = []
    there.watch(change => later.push(change))
    await here.create(sampleProject('three'))
    await expect.poll(() => later.length).toBeGreaterThan(0)
    expect(heard).toHaveLength(3)
    expect(own).toEqual([])
  })

  it('makes way for a newer version, and says so afterwards', async () => {
    const name = fresh()
    const store = await tab(name)
    await store.create(sampleProject('one'))
    const newer = await openDB(name, 2)
    await expect(store.list()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('reload') })
    await expect(openProjectStore({ name })).rejects.toMatchObject({ code: 'unsupported' })
    newer.close()
  })

  it('says so when an older tab will not let go, and waits while it may', async () => {
    const name = fresh()
    const stubborn = await openDB(name, 1)
    await expect(
      openDocumentDatabase({ name, noun: 'project' }, () => {}, { version: 2, patience: 50 }),
    ).rejects.toMatchObject({
      code: 'conflict',
      retryable: true,
      message: expect.stringContaining('other tabs'),
    })
    const waiting = openDocumentDatabase({ name, noun: 'project' }, () => {}, { version: 3 })
    stubborn.close()
    const db = await waiting
    expect(db.version).toBe(3)
    db.close()
  })

  it('says so when there is no IndexedDB', async () => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, value: undefined })
    try {
      await expect(openProjectStore({ name: 'none' })).rejects.toMatchObject({ code: 'unsupported' })
    } finally {
      Object.defineProperty(globalThis, 'indexedDB', real)
    }
  })

  it('opens 10,000 sentences, and rewrites little when one changes', async () => {
    const name = fresh()
    const store = await tab(name)
    const project = sampleProject('big', 10_000, 30)
    const times: Record<string, number> = {}
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const from = performance.now()
      const result = await work()
      times[what] = Math.round(performance.now() - from)
      return result
    }
    await timed('create', () => store.create(project))
    let opened = await timed('open', () => store.open('big'))
    for (let round = 0; round < 3; round++) {
      opened = await timed('save', () => store.save(withText(opened, 3, 4, `Edited ${round}.`), opened.revision))
    }
    await timed('list', () => store.list())
    const raw = await openDB(name)
    console.info('10,000 sentences, ms:', JSON.stringify(times), 'blocks:', await raw.count('blocks'))
    raw.close()
    expect(await store.open('big')).toEqual(opened)
  })
})
