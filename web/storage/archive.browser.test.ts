import { deleteDB } from 'idb'
import { expect, it } from 'vitest'
import { exportProject, importProject } from './archive.ts'
import { openFolders } from './folders.ts'
import { openStorageMeter } from './meter.ts'
import { openModelStore } from './models.ts'
import { openPcmStore } from './pcm.ts'
import { openProjectStore } from './projects.ts'
import { sampleProject } from './testing/sample.ts'
import { tone } from './testing/tone.ts'

it('a project with its sound goes through the real stores and comes out byte for byte', async () => {
  const name = `test-archive-${Date.now()}`
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true })
  const write = async (file: string, input: Parameters<typeof exportProject>[0]) => {
    const handle = await folder.getFileHandle(file, { create: true })
    await exportProject(input, await handle.createWritable())
    return handle.getFile()
  }
  const open = async (tab: 'a' | 'b') => ({
    projects: await openProjectStore({ name: `${name}-${tab}` }),
    pcm: await openPcmStore({ name: `${name}-sound-${tab}` }),
  })
  const [here, there] = [await open('a'), await open('b')]
  const keys = ['aa1', 'bb2', 'cc3']
  for (const key of keys) await here.pcm.put(key, [tone(key, 24_000)])
  await here.projects.create({ ...sampleProject('p', 400, 3), manifest: { from: 'a later version' } } as never)
  await here.projects.note('p', { openedAt: '2026-04-04T00:00:00.000Z' })

  const first = await write('first.voxloom', { project: await here.projects.open('p'), pcm: here.pcm, keys })
  const imported = await importProject(first, there.pcm)
  await there.projects.create(imported.project)
  const second = await write('second.voxloom', {
    project: await there.projects.open('p'),
    pcm: there.pcm,
    keys: imported.keys,
  })
  expect(second.size).toBeGreaterThan(3 * 48_000)
  expect(new Uint8Array(await second.arrayBuffer())).toEqual(new Uint8Array(await first.arrayBuffer()))

  const recording = await openFolders(`${name}-recordings`)
  await (await recording.open('a')).put('file', new Blob(['four']))
  const meter = openStorageMeter({
    pcm: there.pcm,
    models: await openModelStore({ name }),
    recordings: [`${name}-recordings`],
  })
  const figures = await meter.estimate()
  expect(figures.audio).toBeGreaterThan(3 * 48_000)
  expect(figures.recordings).toBe(4)
  expect(figures.models).toBe(0)
  expect(figures.projects).toBeGreaterThan(0)
  expect(figures.used).toBeGreaterThanOrEqual(figures.audio)
  expect(figures.quota).toBeGreaterThan(figures.used)
  expect(typeof (await meter.persisted())).toBe('boolean')
  expect(typeof (await meter.persist())).toBe('boolean')

  for (const { projects } of [here, there]) projects.close()
  for (const each of ['a', 'b']) {
    await deleteDB(`${name}-${each}`)
    await deleteDB(`${name}-sound-${each}`)
    await (await navigator.storage.getDirectory()).removeEntry(`${name}-sound-${each}`, { recursive: true })
  }
  for (const each of [name, `${name}-recordings`]) {
    await (await navigator.storage.getDirectory()).removeEntry(each, { recursive: true })
  }
  await caches.delete(name)
})
