import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Project } from '#protocol/projects.ts'
import { SeamError } from '#protocol/errors.ts'
import { openPcmStore } from '../../storage/pcm.ts'
import { tone } from '../../storage/testing/tone.ts'
import { openProjectStore, type OpenProjectStore } from '../../storage/projects.ts'
import type { PcmStore } from '../../storage/types.ts'
import { newChapter, newProject } from './document.ts'
import { clearUnusedSound, soundOf, type Naming } from './unused-sound.ts'

const NAMING: Naming = {
  infoOf: () => ({ id: 'kokoro', name: 'Kokoro', version: '1', languages: ['en-us'], sampleRate: 24_000 }),
  langOf: () => undefined,
}
const SETTINGS = {
  lang: 'en-us',
  engine: 'kokoro',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  pauses: { sentence: 0.3, paragraph: 0.7, chapter: 1.5 },
}
const book = (title: string, text: string) => newProject(title, SETTINGS, [newChapter('One', [text])])

let name: string
let count = 0
let projects: OpenProjectStore
let pcm: PcmStore

beforeEach(async () => {
  name = `test-unused-${Date.now()}-${count++}`
  projects = await openProjectStore({ name })
  pcm = await openPcmStore({ name: `${name}-pcm` })
})
afterEach(async () => {
  projects.close()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(`${name}-pcm`, { recursive: true }).catch(() => undefined)
})

/** Keeps a second of sound for every sentence. @returns the names of it */
async function spoken(project: Project): Promise<string[]> {
  const keys = [...(await soundOf(project, NAMING))]
  for (const key of keys) await pcm.put(key, [tone(key, 24_000)])
  return keys
}
const left = async () => Array.fromAsync(pcm.keys()).then(keys => keys.sort())

it('frees what belonged to a deleted project, and nothing that another one says as well', async () => {
  const gone = book('Gone', 'Only here. In both books.')
  const stays = await projects.create(book('Stays', 'In both books. And this.'))
  const [only, both] = await spoken(gone)
  const kept = await spoken(stays)
  // Sound of an earlier text: undo may bring it back.
  const [earlier] = await spoken(book('Draft', 'An earlier wording.'))
  const freed = await clearUnusedSound({ projects, pcm }, NAMING, await soundOf(gone, NAMING))
  expect(kept).toContain(both)
  expect(await left()).toEqual([...kept, earlier!].sort())
  expect(await left()).not.toContain(only)
  expect(freed).toBeGreaterThan(40_000)
})

it('frees everything that no project says when asked for all, and stays exact with many', async () => {
  const stays = await projects.create(book('Stays', 'This is said.'))
  const kept = await spoken(stays)
  await spoken(book('Gone', Array.from({ length: 250 }, (_, at) => `Sentence number ${at}.`).join(' ')))
  await clearUnusedSound({ projects, pcm }, NAMING)
  expect(await left()).toEqual(kept)
  expect(await clearUnusedSound({ projects, pcm }, NAMING)).toBe(0)
})

it('takes nothing away when a project cannot be read: its sound would be taken for unused', async () => {
  await projects.create(book('Damaged', 'I am still wanted.'))
  const kept = await spoken(book('Damaged', 'I am still wanted.'))
  const damaged = {
    list: () => projects.list(),
    open: () => Promise.reject(new SeamError('integrity', 'Parts of the project are missing.')),
  }
  await expect(clearUnusedSound({ projects: damaged, pcm }, NAMING)).rejects.toMatchObject({ code: 'integrity' })
  expect(await left()).toEqual(kept)
})

it('can be stopped', async () => {
  await projects.create(book('Any', 'Something.'))
  const kept = await spoken(book('Gone', 'Something else.'))
  const signal = AbortSignal.abort()
  await expect(clearUnusedSound({ projects, pcm }, NAMING, undefined, { signal })).rejects.toMatchObject({
    code: 'cancelled',
  })
  expect(await left()).toEqual(kept)
})
