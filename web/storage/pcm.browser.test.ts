import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openPcmStore, sweepPcmStore } from './pcm.ts'
import { tone } from './testing/tone.ts'

const names = new Set<string>()
let count = 0
const fresh = () => {
  const name = `test-pcm-${Date.now()}-${count++}`
  names.add(name)
  return name
}
const folderOf = async (name: string, key: string) =>
  (await (await navigator.storage.getDirectory()).getDirectoryHandle(name)).getDirectoryHandle(key.slice(0, 2))

async function filesOf(name: string): Promise<string[]> {
  const found: string[] = []
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name)
  for await (const handle of root.values()) {
    if (handle.kind === 'directory') for await (const file of handle.keys()) found.push(file)
  }
  return found.sort()
}

async function overwrite(
  name: string,
  key: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
) {
  const handle = await (await folderOf(name, key)).getFileHandle(`${key}.pcm`)
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer())
  const stream = await handle.createWritable()
  await stream.write(change(bytes))
  await stream.close()
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const name of names) {
    void deleteDB(name)
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => {})
  }
  names.clear()
})

describe('rendered sound', () => {
  it('is there for another tab as soon as it is acknowledged', async () => {
    const name = fresh()
    const [here, there] = [await openPcmStore({ name }), await openPcmStore({ name })]
    expect(here.durable).toBe(true)
    const chunk = tone('s1', 12_000)
    await here.put('abc', [chunk])
    expect(await there.has('abc')).toBe(true)
    expect(await there.has('abd')).toBe(false)
    expect(await there.duration('abc')).toBe(0.5)
    expect(await there.duration('abd')).toBeUndefined()
    const pcm = (await there.get('abc'))!
    expect(pcm.words).toEqual(chunk.words)
    expect(pcm.samples).toHaveLength(12_000)
    expect(pcm.samples.every((sample, at) => Math.abs(sample - chunk.samples[at]!) < 1 / 32_768)).toBe(true)
    expect(await there.size()).toBeGreaterThan(24_000)
  })

  it('replaces a segment, removes some, and lists the rest', async () => {
    const name = fresh()
    const store = await openPcmStore({ name })
    for (const key of ['aa1', 'aa2', 'bb1']) await store.put(key, [tone(key, 240)])
    await store.put('aa1', [tone('aa1', 480)])
    expect((await store.get('aa1'))!.samples).toHaveLength(480)
    await store.remove(['aa2', 'never'])
    expect(await Array.fromAsync(store.keys())).toEqual(['aa1', 'bb1'])
    expect(await store.get('aa2')).toBeUndefined()
    expect(await filesOf(name)).toEqual(['aa1.pcm', 'bb1.pcm'])
  })

  it.each(['', '../x', 'a/b', 'é', 'x'.repeat(129)])('refuses the key %j', async key => {
    const store = await openPcmStore({ name: fresh() })
    await expect(store.put(key, [tone('s', 240)])).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('takes a key of 128 characters', async () => {
    const store = await openPcmStore({ name: fresh() })
    await store.put('x'.repeat(128), [tone('s', 240)])
    expect(await store.has('x'.repeat(128))).toBe(true)
  })

  it.each([
    ['cut short', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, bytes.length / 2)],
    ['empty', () => new Uint8Array()],
    ['damaged', (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(7, -100)],
  ])('treats a file that is %s as absent and drops it', async (_, change) => {
    const name = fresh()
    const store = await openPcmStore({ name })
    await store.put('abc', [tone('s', 2_400)])
    await overwrite(name, 'abc', change)
    expect(await store.get('abc')).toBeUndefined()
    expect(await store.has('abc')).toBe(false)
    expect(await filesOf(name)).toEqual([])
    await store.put('abc', [tone('s', 2_400)])
    expect(await store.get('abc')).toBeDefined()
  })

  it('treats a file that vanished as absent', async () => {
    const name = fresh()
    const store = await openPcmStore({ name })
    await store.put('abc', [tone('s', 2_400)])
    await (await folderOf(name, 'abc')).removeEntry('abc.pcm')
    expect(await store.get('abc')).toBeUndefined()
    expect(await store.has('abc')).toBe(false)
  })

  it('sweeps what crashes left, and nothing else', async () => {
    const name = fresh()
    const store = await openPcmStore({ name })
    await store.put('abc', [tone('s', 2_400)])
    await (await folderOf(name, 'abc')).getFileHandle('abx.pcm', { create: true })
    await (await folderOf(name, 'abc')).getFileHandle('aby.pcm.crswap', { create: true })
    await sweepPcmStore(name)
    expect(await filesOf(name)).toEqual(['abc.pcm'])
    expect(await store.get('abc')).toBeDefined()
  })

  it('shows no half of a segment when its writer is killed', async () => {
    const name = fresh()
    for (let round = 0; round < 3; round++) {
      const worker = new Worker(new URL('./testing/pcm-writer.worker.ts', import.meta.url), {
        type: 'module',
        name,
      })
      const acknowledged: string[] = []
      await new Promise<void>((resolve, reject) => {
        worker.onerror = event => reject(new Error(event.message))
        worker.onmessage = ({ data }: MessageEvent<{ begun?: string; done?: string }>) => {
          if (data.done) acknowledged.push(data.done)
          // Killed while the next one is being written.
          if (data.begun && acknowledged.length >= 5 + round) setTimeout(resolve, round)
        }
      })
      worker.terminate()
      const store = await openPcmStore({ name })
      const listed = await Array.fromAsync(store.keys())
      expect(listed).toEqual(expect.arrayContaining(acknowledged))
      for (const key of listed) expect((await store.get(key))?.samples).toHaveLength(240_000)
      await store.remove(listed)
    }
  })

  it('keeps sound in memory where there is no OPFS', async () => {
    vi.spyOn(navigator.storage, 'getDirectory').mockRejectedValue(new DOMException('no', 'SecurityError'))
    const store = await openPcmStore({ name: fresh() })
    expect(store.durable).toBe(false)
    await store.put('abc', [tone('s', 2_400)])
    expect((await store.get('abc'))!.samples).toHaveLength(2_400)
    expect(await store.duration('abc')).toBe(0.1)
    expect(await store.which(['abc', 'abd'])).toEqual(new Set(['abc']))
    expect(await Array.fromAsync(store.keys())).toEqual(['abc'])
    expect(await store.size()).toBeGreaterThan(4_800)
    await store.remove(['abc'])
    expect(await store.has('abc')).toBe(false)
  })

  it('answers for ten thousand keys', async () => {
    const name = fresh()
    const store = await openPcmStore({ name })
    const rows = Array.from({ length: 10_000 }, (_, at) => at.toString(16).padStart(64, '0'))
    const raw = await openDB(name)
    const tx = raw.transaction('segments', 'readwrite')
    for (const [at, key] of rows.entries()) {
      if (at % 2) void tx.store.put({ bytes: 100, samples: 24_000, sampleRate: 24_000 }, key)
    }
    await tx.done
    raw.close()
    const from = performance.now()
    const found = await store.which(rows)
    console.info(`which(10,000): ${(performance.now() - from).toFixed(1)} ms`)
    expect(found.size).toBe(5_000)
    expect(found.has(rows[1]!)).toBe(true)
    expect(found.has(rows[2]!)).toBe(false)
    expect(await store.size()).toBe(500_000)
  })

  it('writes and reads back many segments', async () => {
    const store = await openPcmStore({ name: fresh() })
    const chunk = tone('s', 7 * 24_000)
    const time = async (work: (key: string) => Promise<unknown>) => {
      const from = performance.now()
      for (let at = 0; at < 50; at++) await work(`${(at * 37) % 256}-${at}`)
      return ((performance.now() - from) / 50).toFixed(2)
    }
    const put = await time(key => store.put(key, [chunk]))
    const get = await time(key => store.get(key))
    console.info(`7 s of sound, ms each: put ${put}, get ${get}`)
    expect((await Array.fromAsync(store.keys())).length).toBe(50)
  })
})
