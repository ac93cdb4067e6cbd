import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { openConversationStore, type OpenConversationStore } from '../../storage/conversations.ts'
import type { Conversation, KeptTurn } from '../../storage/conversations-types.ts'
import { Keeper, sideKey } from './keeper.ts'

let name: string
let count = 0
let store: OpenConversationStore

beforeEach(async () => {
  name = `test-keeper-${Date.now()}-${count++}`
  store = await openConversationStore({ name })
})
afterEach(async () => {
  vi.restoreAllMocks()
  store.close()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

const WREN = { id: 'wren', name: 'Wren' }
const now = new Date().toISOString()
const nothing: Conversation = {
  id: 'talk',
  title: '',
  createdAt: now,
  updatedAt: now,
  revision: 0,
  persona: WREN,
  turns: [],
}
const turn = (id: number): KeptTurn => ({
  id,
  user: { text: `Question ${id}?` },
  outcome: 'complete',
  marks: {},
  name: 'Wren',
  seconds: 1,
})
const sound = (samples = 100) => ({ samples: new Float32Array(samples).fill(0.5), sampleRate: 16_000 })

function keeperOf(conversation = nothing, sounds?: ReadonlySet<string>): Keeper {
  return new Keeper(async () => store, vi.fn(), conversation, sounds)
}
/** Somebody opens what is kept, to go on with it. */
async function goOn(id: string): Promise<Keeper> {
  const sounds = (await store.sounds(id)).map(({ turn, side }) => sideKey(turn, side))
  return keeperOf(await store.open(id), new Set(sounds))
}
const said = async (id: string) => (await store.open(id)).turns.map(({ user }) => user?.text)
const lengths = async (id: string, turns: readonly number[]) =>
  Promise.all(turns.map(async each => (await store.sound(id, each, 'user'))?.samples.length))

describe('a conversation', () => {
  it('is kept turn by turn, with its sound, and is gone on with', async () => {
    const keeper = keeperOf()
    expect(keeper.stored).toBe(false)
    await keeper.add(turn(1), WREN, { user: sound(10) })
    expect(keeper.stored).toBe(true)
    expect(await said('talk')).toEqual(['Question 1?'])
    const later = await goOn('talk')
    await Promise.all([later.add(turn(2), WREN, { user: sound(20) }), later.add(turn(3), WREN, {})])
    expect(later.failure).toBeUndefined()
    expect(await said('talk')).toEqual(['Question 1?', 'Question 2?', 'Question 3?'])
    expect(await lengths('talk', [1, 2, 3])).toEqual([10, 20, undefined])
    expect([...later.sounds]).toEqual(['1 user', '2 user'])
  })

  it('that got another name meanwhile stays one', async () => {
    const keeper = keeperOf()
    await keeper.add(turn(1), WREN, {})
    await store.save({ ...(await store.open('talk')), title: 'The sea' }, 1)
    await keeper.add(turn(2), WREN, {})
    expect(await store.list()).toMatchObject([{ id: 'talk', title: 'The sea', turns: 2 }])
  })

  it('that another tab goes on with becomes two, each with all that was said in it', async () => {
    const first = keeperOf()
    await first.add(turn(1), WREN, { user: sound(10) })
    const [here, there] = [await goOn('talk'), await goOn('talk')]
    await there.add({ ...turn(2), user: { text: 'Theirs.' } }, WREN, { user: sound(30) })
    await here.add({ ...turn(2), user: { text: 'Mine.' } }, WREN, { user: sound(20) })
    const { id } = here.conversation
    expect(id).not.toBe('talk')
    expect(await said('talk')).toEqual(['Question 1?', 'Theirs.'])
    expect(await said(id)).toEqual(['Question 1?', 'Mine.'])
    expect(await lengths('talk', [1, 2])).toEqual([10, 30])
    expect(await lengths(id, [1, 2])).toEqual([10, 20])
    await here.add(turn(3), WREN, {})
    expect(await said(id)).toHaveLength(3)
  })

  it('that was deleted for good while it went on is there again', async () => {
    const keeper = keeperOf()
    await keeper.add(turn(1), WREN, {})
    await store.remove('talk')
    await store.purge(Date.now() + 1)
    await keeper.add(turn(2), WREN, {})
    expect(await store.list()).toMatchObject([{ id: keeper.conversation.id, turns: 2 }])
  })
})

describe('a full disk', () => {
  const full = () => Promise.reject(new SeamError('quota', 'There is no room left.'))

  it('costs the sound before the words, and says so until there is room', async () => {
    const keeper = keeperOf()
    vi.spyOn(store, 'keepSound').mockImplementationOnce(full)
    await keeper.add(turn(1), WREN, { user: sound() })
    expect(keeper.failure?.code).toBe('quota')
    expect(await said('talk')).toEqual(['Question 1?'])
    await keeper.add(turn(2), WREN, { user: sound() })
    expect(keeper.failure).toBeUndefined()
  })

  it('that refuses words, too, loses none: they are written with the next turn', async () => {
    const keeper = keeperOf()
    vi.spyOn(store, 'create').mockImplementationOnce(full)
    await keeper.add(turn(1), WREN, {})
    expect(keeper.failure?.code).toBe('quota')
    expect(keeper.stored).toBe(false)
    await keeper.add(turn(2), WREN, {})
    expect(await said('talk')).toEqual(['Question 1?', 'Question 2?'])
  })
})
