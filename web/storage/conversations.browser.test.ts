import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConversationStore, type OpenConversationStore } from './conversations.ts'
import type { Conversation, KeptTurn } from './conversations-types.ts'

let name: string
let count = 0
const open: OpenConversationStore[] = []
const tab = async () => {
  const store = await openConversationStore({ name })
  open.push(store)
  return store
}

beforeEach(() => void (name = `test-conversations-${Date.now()}-${count++}`))
afterEach(async () => {
  for (const store of open.splice(0)) store.close()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

const turn = (id: number): KeptTurn => ({
  id,
  user: { text: `Question ${id}?`, start: id, end: id + 1 },
  reply: { text: `Answer ${id}.`, heard: `Answer ${id}.`, unheard: '', segments: [`${id}`] },
  outcome: 'complete',
  marks: { lastSpeech: 1, firstHeard: 400 },
  name: 'Wren',
  seconds: 2.5,
})
const talk = (id: string, turns = 2): Conversation => ({
  id,
  title: '',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  revision: 1,
  persona: { id: 'wren', name: 'Wren' },
  turns: Array.from({ length: turns }, (_, at) => turn(at + 1)),
})
const sine = (length: number) => Float32Array.from({ length }, (_, n) => Math.sin(n / 10))

describe('turns', () => {
  it('are the same after another connection opens them, and one more costs that one', async () => {
    const first = await tab()
    const made = await first.create(talk('a', 200))
    const raw = await openDB(name)
    const blocks = async () => new Set((await raw.getAllKeys('blocks')).map(String))
    const before = await blocks()
    const saved = await first.save({ ...made, turns: [...made.turns, turn(201)] }, 1)
    expect([...(await blocks())].filter(key => !before.has(key))).toHaveLength(1)
    expect(before.size).toBe(200)
    raw.close()
    first.close()
    expect(await (await tab()).open('a')).toEqual({ ...talk('a', 201), revision: 2, updatedAt: saved.updatedAt })
  })

  it('of two tabs never overwrite each other', async () => {
    const [here, there] = [await tab(), await tab()]
    const made = await here.create(talk('a'))
    await there.save({ ...made, turns: [...made.turns, turn(3)] }, 1)
    await expect(here.save({ ...made, turns: [] }, 1)).rejects.toMatchObject({ code: 'conflict' })
    expect((await here.open('a')).turns).toHaveLength(3)
  })
})

describe('the list', () => {
  it('has the figures of each, the latest first', async () => {
    const store = await tab()
    await store.create(talk('a'))
    await store.create({ ...talk('b', 0), title: 'Named', updatedAt: '2026-02-01T00:00:00.000Z' })
    await store.note('a', { openedAt: '2026-03-01T00:00:00.000Z' })
    expect(await store.list()).toMatchObject([
      { id: 'a', title: '', opening: 'Question 1?', turns: 2, seconds: 5, persona: { name: 'Wren' } },
      { id: 'b', title: 'Named', turns: 0, seconds: 0 },
    ])
  })

  it('gives back what was removed, and so does whoever goes on with it, until it is purged with its sound', async () => {
    const store = await tab()
    const made = await store.create(talk('a'))
    await store.keepSound('a', 1, 'user', { samples: sine(100), sampleRate: 16_000 })
    await store.remove('a')
    expect(await store.list()).toEqual([])
    await expect(store.open('a')).rejects.toMatchObject({ code: 'not-found' })
    await store.restore('a')
    expect(await store.list()).toHaveLength(1)
    await store.remove('a')
    await store.save(made, 1)
    expect(await store.list()).toHaveLength(1)

    await store.remove('a')
    await store.purge(Date.now() + 1)
    await store.restore('a')
    expect(await store.list()).toEqual([])
    expect(await store.sounds('a')).toEqual([])
  })
})

describe('sound', () => {
  it('of each side of each turn is found again, and nothing else', async () => {
    const store = await tab()
    await store.keepSound('a', 12, 'user', { samples: sine(1600), sampleRate: 16_000 })
    await store.keepSound('a', 12, 'reply', { samples: Float32Array.of(2, -2, 0.5), sampleRate: 24_000 })
    await store.keepSound('b', 1, 'user', { samples: sine(10), sampleRate: 16_000 })
    const user = await store.sound('a', 12, 'user')
    expect(user?.sampleRate).toBe(16_000)
    expect(Math.max(...user!.samples.map((sample, n) => Math.abs(sample - Math.sin(n / 10))))).toBeLessThan(1e-4)
    expect([...(await store.sound('a', 12, 'reply'))!.samples]).toEqual([1, -1, expect.closeTo(0.5, 4)])
    expect(await store.sound('a', 1, 'user')).toBeUndefined()
    expect(await store.sound('none', 1, 'user')).toBeUndefined()
    expect((await store.sounds('a')).toSorted((x, y) => x.side.localeCompare(y.side))).toEqual([
      { turn: 12, side: 'reply' },
      { turn: 12, side: 'user' },
    ])
  })
})
