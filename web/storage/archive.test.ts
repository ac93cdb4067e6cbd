import { zipSync, strToU8 } from 'fflate'
import { describe, expect, it } from 'vitest'
import { exportProject, importProject, MAX_AUDIO_BYTES, MAX_MANIFEST_BYTES, type ArchivedProject } from './archive.ts'
import { stableJson } from './json.ts'
import { memoryPcmStore } from './pcm-memory.ts'
import { sampleProject } from './testing/sample.ts'
import { tone } from './testing/tone.ts'
import { crc32 } from './hash.ts'

type Bytes = Uint8Array<ArrayBuffer>

async function storeWith(...keys: string[]) {
  const pcm = memoryPcmStore()
  for (const [index, key] of keys.entries()) await pcm.put(key, [tone(key, 1_000 + index)])
  return pcm
}

async function exported(project: ArchivedProject, pcm = memoryPcmStore(), keys: Iterable<string> = []): Promise<Bytes> {
  const { readable, writable } = new TransformStream<Bytes, Bytes>()
  const [bytes] = await Promise.all([new Response(readable).bytes(), exportProject({ project, pcm, keys }, writable)])
  return bytes as Bytes
}

const manifest = (more = {}) => strToU8(stableJson({ format: 'voxloom-project', version: 1, ...more })) as Bytes
const project = () => strToU8(stableJson(sampleProject('p'))) as Bytes
const zip = (files: Record<string, Uint8Array>, level: 0 | 6 = 6) =>
  new Blob([zipSync({ 'manifest.json': manifest(), 'project.json': project(), ...files }, { level }) as Bytes])
const refused = (blob: Blob, code: string, words: string) =>
  expect(importProject(blob, memoryPcmStore())).rejects.toMatchObject({
    name: 'SeamError',
    code,
    message: expect.stringContaining(words),
  })

describe('round trip', () => {
  it('gives identical bytes, sound and unknown keys included', async () => {
    const here = await storeWith('k2', 'k1', 'K-3', 'unused')
    const original = {
      ...sampleProject('p', 200, 3),
      openedAt: '2026-05-05T00:00:00.000Z',
      later: { of: ['a later version'] },
      manifest: { zeta: 1, app: { name: 'x' } },
    }
    const first = await exported(original, here, ['k2', 'missing', 'k1', 'K-3', 'k1'])
    const there = memoryPcmStore()
    const { project: back, keys } = await importProject(new Blob([first]), there)
    const { openedAt: _, ...rest } = original
    expect(back).toEqual(rest)
    expect(keys).toEqual(['K-3', 'k1', 'k2'])
    expect(await Array.fromAsync(there.keys())).toEqual(['K-3', 'k1', 'k2'])
    const second = await exported(back, there, keys)
    expect(Buffer.compare(first, second)).toBe(0)
    expect((await there.get('k2'))!.words).toEqual((await here.get('k2'))!.words)
  })

  it('reads archives that other programs packed again', async () => {
    const blob = zip({})
    expect((await importProject(blob, memoryPcmStore())).project).toEqual(sampleProject('p'))
  })

  it('keeps sound that is here already', async () => {
    const bytes = await exported(sampleProject('p'), await storeWith('k1'), ['k1'])
    const mine = memoryPcmStore()
    await mine.put('k1', [tone('k1', 50)])
    await importProject(new Blob([bytes]), mine)
    expect((await mine.get('k1'))!.samples).toHaveLength(50)
  })

  it('stops when cancelled, and takes back what it stored', async () => {
    const bytes = await exported(sampleProject('p'), await storeWith('k1', 'k2'), ['k1', 'k2'])
    const stop = new AbortController()
    const there = memoryPcmStore()
    const run = { signal: stop.signal, onProgress: () => stop.abort() }
    await expect(importProject(new Blob([bytes]), there, run)).rejects.toMatchObject({ code: 'cancelled' })
    expect(await Array.fromAsync(there.keys())).toEqual([])
    const { readable, writable } = new TransformStream<Bytes, Bytes>()
    const reading = new Response(readable).bytes()
    reading.catch(() => {})
    const input = { project: sampleProject('p'), pcm: await storeWith('k1'), keys: ['k1'] }
    await expect(exportProject(input, writable, run)).rejects.toMatchObject({ code: 'cancelled' })
    await expect(reading).rejects.toBeDefined()
  })
})

describe('importProject refuses', () => {
  it('what is no zip, or no project', async () => {
    await refused(new Blob([]), 'bad-input', 'not a zip')
    await refused(new Blob(['%PDF-1.7 hello']), 'bad-input', 'not a zip')
    await refused(new Blob([zipSync({ 'project.json': project() }) as Bytes]), 'bad-input', 'no manifest.json')
    await refused(new Blob([zipSync({ 'manifest.json': manifest() }) as Bytes]), 'bad-input', 'no project.json')
    await refused(zip({ 'manifest.json': strToU8('{"format":"other","version":1}') }), 'bad-input', 'names none')
    await refused(zip({ 'manifest.json': strToU8('[]') }), 'bad-input', 'names none')
  })

  it.each([0, 2, '1', null])('version %j', async version => {
    await refused(zip({ 'manifest.json': manifest({ version }) }), 'bad-input', 'update Voxloom')
  })

  it('an archive cut at any place', async () => {
    const whole = await exported(sampleProject('p'), await storeWith('k1'), ['k1'])
    for (let length = 4; length < whole.length; length += 97) {
      await refused(new Blob([whole.slice(0, length)]), 'integrity', 'cut short')
    }
    await refused(new Blob([whole.slice(0, -1)]), 'integrity', 'cut short')
  })

  it('a flipped bit in project or sound, and stores nothing', async () => {
    const whole = await exported(sampleProject('p'), await storeWith('k1', 'k2'), ['k1', 'k2'])
    const text = Buffer.from(whole)
    for (const at of [text.indexOf('Sample p'), text.lastIndexOf('VXP1') + 900]) {
      const bad = whole.slice()
      bad[at]! ^= 1
      const pcm = memoryPcmStore()
      await expect(importProject(new Blob([bad]), pcm)).rejects.toMatchObject({ code: 'integrity' })
      expect(await Array.fromAsync(pcm.keys())).toEqual([])
    }
  })

  it('sound that is none', async () => {
    await refused(zip({ 'audio/k1.pcm': strToU8('not sound') }), 'integrity', 'is not a sound')
  })

  it.each([
    ['../project.json', 'leads out'],
    ['audio/../../x.pcm', 'leads out'],
    ['audio\\..\\x.pcm', 'leads out'],
    ['/etc/passwd', 'absolute'],
    ['\\\\server\\x', 'absolute'],
    ['C:/x.pcm', 'absolute'],
    ['audio/a\0.pcm', 'not a plain'],
    ['audio\\x.pcm', 'not a plain'],
    ['Project.json', 'twice'],
    ['audio/k1.exe', 'belongs to no project'],
    ['audio/', 'belongs to no project'],
    [`audio/${'x'.repeat(129)}.pcm`, 'belongs to no project'],
  ])('the name %j', async (name, words) => {
    await refused(zip({ [name]: strToU8('x') }), 'bad-input', words)
  })

  it('one name twice, links, encryption, unknown methods and shared bytes', async () => {
    const bytes = new Uint8Array(
      await zip({ 'audio/k1.pcm': strToU8('a'), 'audio/k2.pcm': strToU8('b') }, 0).arrayBuffer(),
    )
    const patched = (change: (view: DataView, directory: (name: string) => number, all: Bytes) => void) => {
      const all = bytes.slice()
      const directory = (name: string) => Buffer.from(all).lastIndexOf(name) - 46
      change(new DataView(all.buffer), directory, all)
      return new Blob([all])
    }
    const rename = patched((_, at, all) => all.set(strToU8('audio/k1.pcm'), at('audio/k2.pcm') + 46))
    await refused(rename, 'bad-input', 'twice')
    await refused(
      patched((view, at) => view.setUint32(at('audio/k1.pcm') + 38, 0xa1ff0000, true)),
      'bad-input',
      'link',
    )
    await refused(
      patched((view, at) => view.setUint16(at('audio/k1.pcm') + 8, 1, true)),
      'bad-input',
      'encrypted',
    )
    await refused(
      patched((view, at) => view.setUint16(at('audio/k1.pcm') + 10, 14, true)),
      'bad-input',
      'unknown way',
    )
    await refused(
      patched((view, at) => view.setUint32(at('audio/k2.pcm') + 42, 0xffffffff, true)),
      'bad-input',
      'ZIP64',
    )
    await refused(
      patched((view, at) =>
        view.setUint32(at('audio/k2.pcm') + 42, view.getUint32(at('audio/k1.pcm') + 42, true), true),
      ),
      'bad-input',
      'same bytes',
    )
    const second = patched((_, __, all) => all.set(strToU8('audio/k9.pcm'), Buffer.from(all).indexOf('audio/k1.pcm')))
    await refused(second, 'bad-input', 'second name')
  })

  it('bombs: by ratio, by a lie about the size, by size', async () => {
    await refused(zip({ 'audio/k1.pcm': new Uint8Array(1_000_000) }), 'bad-input', '200 times')
    const lie = new Uint8Array(await zip({ 'audio/k1.pcm': new Uint8Array(1_000_000) }).arrayBuffer())
    const at = Buffer.from(lie).lastIndexOf('audio/k1.pcm') - 46
    new DataView(lie.buffer).setUint32(at + 24, 10_000, true)
    await refused(new Blob([lie]), 'bad-input', 'more than it says')
    const large = (name: string, size: number) => {
      const raw = new Uint8Array(zipSync({ [name]: strToU8('x') }, { level: 0 }))
      const entry = Buffer.from(raw).lastIndexOf(name) - 46
      new DataView(raw.buffer).setUint32(entry + 24, size, true)
      new DataView(raw.buffer).setUint32(entry + 20, size, true)
      return new Blob([raw])
    }
    await refused(large('audio/k1.pcm', MAX_AUDIO_BYTES + 1), 'bad-input', 'too large')
    // At the limit the size is believed; that the bytes aren't there is found next.
    await refused(large('audio/k1.pcm', MAX_AUDIO_BYTES), 'integrity', 'cut short')
    const padded = (length: number) => {
      const empty = manifest({ pad: '' }).length
      return zip({ 'manifest.json': manifest({ pad: 'x'.repeat(length - empty) }) }, 0)
    }
    expect((await importProject(padded(MAX_MANIFEST_BYTES), memoryPcmStore())).project.id).toBe('p')
    await refused(padded(MAX_MANIFEST_BYTES + 1), 'bad-input', 'too large')
  })

  it('hostile JSON', async () => {
    const having = (json: string) => zip({ 'project.json': strToU8(json) }, 0)
    await refused(having('['.repeat(100_000)), 'bad-input', 'deeper')
    await refused(having('{"__proto__":{"polluted":true}}'), 'bad-input', '__proto__')
    await refused(having('{"title":'), 'bad-input', 'not valid JSON')
    await refused(having('{}'), 'bad-input', '“id” must be text')
    await refused(zip({ 'project.json': Uint8Array.of(0x22, 0xff, 0x22) }, 0), 'bad-input', 'not UTF-8')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

it('crc32 agrees with the standard’s check value', () => {
  expect(crc32(strToU8('123456789'))).toBe(0xcbf43926)
  expect(crc32(strToU8('6789'), crc32(strToU8('12345')))).toBe(0xcbf43926)
})
