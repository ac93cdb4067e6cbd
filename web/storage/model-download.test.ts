import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { downloadFile, type DownloadOptions } from './model-download.ts'
import { targetsOf, wantedFiles } from './model-sources.ts'
import { testModel, type TestModel } from './testing/hub-client.ts'
import { startHubServer } from './testing/hub-server.ts'
import { mapCache } from './testing/map-cache.ts'

const PATH = 'onnx/model.onnx'
let server: Awaited<ReturnType<typeof startHubServer>>
beforeAll(async () => {
  server = await startHubServer()
})
afterAll(() => server.close())

/** Downloads from the companion of `origin`'s page. */
async function fromCompanion(test: TestModel, origin: string, cache = mapCache()) {
  const [wanted] = wantedFiles(test.model, test.model.variants[0]!)
  const targets = targetsOf(test.model, wanted!, {
    kinds: ['companion'],
    hubBase: server.url,
    companionBase: server.url,
    origin,
  })
  const options: DownloadOptions = {
    fetch,
    retryDelay: 1,
    stallTimeout: 10_000,
    partBytes: 65_536,
    signal: undefined,
    onBytes: () => {},
  }
  await downloadFile(cache, '/models/x', wanted!.file, targets, options)
  const head = (await cache.head('/models/x'))!
  return { head, bytes: await cache.read('/models/x', head) }
}

async function companionWith(size: number): Promise<TestModel> {
  const test = await testModel(server.url, { [PATH]: size })
  await test.put('companion', PATH, test.contents.get(PATH)!)
  return test
}

describe('resuming', () => {
  it('sends If-Range to our own origin', async () => {
    const test = await companionWith(300_000)
    await test.fault('companion', PATH, { cutAfter: 100_000 })
    const { bytes } = await fromCompanion(test, server.url)
    expect(bytes).toEqual(test.contents.get(PATH))
    const [first, second] = await test.seen('companion', PATH)
    expect(first).toMatchObject({ range: null, ifRange: null })
    expect(second!.range).toMatch(/^bytes=\d+-$/)
    expect(second!.ifRange).toMatch(/^"[0-9a-f]{32}"$/)
  })

  it('sends no If-Range to another origin, which would have to answer a preflight', async () => {
    const test = await companionWith(300_000)
    await test.fault('companion', PATH, { cutAfter: 100_000 })
    const { bytes } = await fromCompanion(test, 'http://elsewhere.test')
    expect(bytes).toEqual(test.contents.get(PATH))
    expect((await test.seen('companion', PATH)).map(seen => seen.ifRange)).toEqual([null, null])
  })

  it.each(['the same origin', 'another origin'])('does not mix two editions of a file (%s)', async where => {
    const test = await companionWith(300_000)
    const cache = mapCache()
    const good = test.contents.get(PATH)!
    // The first edition is older, of the same length, and cut short every time.
    await test.put(
      'companion',
      PATH,
      good.map(byte => byte ^ 1),
    )
    const cut = { cutAfter: 50_000 }
    await test.fault('companion', PATH, cut, { status: 500 }, { status: 500 }, { status: 500 })
    const origin = where === 'the same origin' ? server.url : 'http://elsewhere.test'
    await expect(fromCompanion(test, origin, cache)).rejects.toMatchObject({ code: 'offline' })
    expect(await cache.size()).toBeGreaterThan(0)
    await test.put('companion', PATH, good)
    const { bytes, head } = await fromCompanion(test, origin, cache)
    expect(bytes).toEqual(good)
    expect(head.sha256).toBe(test.model.variants[0]!.files[0]!.sha256)
  })
})
