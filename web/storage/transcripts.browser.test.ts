import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTranscriptStore, type OpenTranscriptStore } from './transcripts.ts'
import { PART_SECONDS } from './transcripts-sound.ts'
import type { Transcript, TranscriptParagraph } from './transcripts-types.ts'

let name: string
let count = 0
const open: OpenTranscriptStore[] = []
const tab = async () => {
  const store = await openTranscriptStore({ name })
  open.push(store)
  return store
}

beforeEach(() => void (name = `test-transcripts-${Date.now()}-${count++}`))
afterEach(async () => {
  for (const store of open.splice(0)) store.close()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

function paragraph(at: number, text = `Paragraph ${at} says a few words.`): TranscriptParagraph {
  const words = [...text.matchAll(/\S+/g)].map((word, index) => ({
    from: word.index,
    to: word.index + word[0].length,
    start: at * 10 + index,
    end: at * 10 + index + 0.5,
    confidence: 0.9,
  }))
  return { id: `p${at}`, text, start: at * 10, end: at * 10 + words.length, words }
}

function transcript(id: string, paragraphs = 3): Transcript {
  return {
    id,
    title: `Talk ${id}`,
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    revision: 1,
    source: { kind: 'file', name: `${id}.mp3`, type: 'audio/mpeg' },
    lang: 'en-us',
    duration: paragraphs * 10,
    state: 'done',
    reached: paragraphs * 10,
    listen: 'file',
    speakers: [{ id: 's1', name: 'Ada' }],
    paragraphs: Array.from({ length: paragraphs }, (_, at) => paragraph(at)),
  }
}

const frames = (seconds: number, sampleRate: number, value: (n: number) => number) =>
  Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, n) => value(n))

describe('words', () => {
  it('are the same after another connection opens them', async () => {
    const one = await tab()
    await one.create(transcript('a', 40))
    one.close()
    expect(await (await tab()).open('a')).toEqual(transcript('a', 40))
  })

  it('cost a save what changed, and what is gone takes no room', async () => {
    const store = await tab()
    const first = await store.create(transcript('a', 200))
    const raw = await openDB(name)
    const keys = async () => new Set((await raw.getAllKeys('blocks')).map(String))
    const before = await keys()
    const paragraphs = first.paragraphs.with(7, paragraph(7, 'Another text.')).slice(0, 199)
    const saved = await store.save({ ...first, paragraphs }, 1)
    const after = await keys()
    raw.close()
    expect(saved.revision).toBe(2)
    expect([...after].filter(key => !before.has(key)).length).toBe(1)
    expect([...before].filter(key => !after.has(key)).length).toBe(2)
    expect((await store.open('a')).paragraphs).toEqual(paragraphs)
  })

  it('of a newer revision are never overwritten', async () => {
    const [here, there] = [await tab(), await tab()]
    const first = await here.create(transcript('a'))
    await there.save({ ...first, title: 'Theirs' }, 1)
    await expect(here.save({ ...first, title: 'Mine' }, 1)).rejects.toMatchObject({ code: 'conflict' })
    await expect(here.create(first)).rejects.toMatchObject({ code: 'conflict' })
    expect((await here.open('a')).title).toBe('Theirs')
    await expect(here.save(transcript('none'), 1)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are told of to other tabs', async () => {
    const [here, there] = [await tab(), await tab()]
    const heard: unknown[] = []
    there.watch(change => heard.push(change))
    const first = await here.create(transcript('a'))
    await here.save(first, 1)
    await here.remove('a')
    await expect
      .poll(() => heard)
      .toEqual([
        { id: 'a', revision: 1 },
        { id: 'a', revision: 2 },
        { id: 'a', removed: true },
      ])
  })
})

describe('the list', () => {
  it('has the figures of each, the latest first', async () => {
    const store = await tab()
    await store.create(transcript('a'))
    await store.create({ ...transcript('b'), title: '', updatedAt: '2026-02-01T00:00:00.000Z' })
    await store.note('a', { openedAt: '2026-03-01T00:00:00.000Z' })
    await store.note('gone', { openedAt: '2026-03-01T00:00:00.000Z' })
    const rows = await store.list()
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(rows[1]).toMatchObject({ title: '', opening: 'Paragraph 0 says a few words.', words: 18, duration: 30 })
    await store.save(transcript('a'), 1)
    expect((await store.list())[0]).toMatchObject({ id: 'a', openedAt: '2026-03-01T00:00:00.000Z' })
  })

  it('gives back what was removed, until it is purged with its sound', async () => {
    const store = await tab()
    for (const id of ['a', 'ab']) {
      await store.create(transcript(id))
      await store.keepFile(id, new Blob(['sound']))
    }
    await store.remove('a')
    expect((await store.list()).map(({ id }) => id)).toEqual(['ab'])
    await expect(store.open('a')).rejects.toMatchObject({ code: 'not-found' })
    await store.purge(0)
    await store.restore('a')
    expect((await store.open('a')).paragraphs).toHaveLength(3)
    expect(await (await store.sound('a')).file?.text()).toBe('sound')

    await store.remove('a')
    await store.purge(Date.now() + 1)
    await store.restore('a')
    expect((await store.list()).map(({ id }) => id)).toEqual(['ab'])
    expect(await store.sound('a')).toEqual({})
    expect(await (await store.sound('ab')).file?.text()).toBe('sound')
    const raw = await openDB(name)
    expect((await raw.getAllKeys('blocks')).every(key => (key as string[])[0] === 'ab')).toBe(true)
    raw.close()
  })

  it('lets go of sound that nobody owns', async () => {
    const store = await tab()
    await store.keepFile('orphan', new Blob(['sound']))
    expect(await store.sound('orphan')).toHaveProperty('file')
    await store.purge(Date.now())
    expect(await store.sound('orphan')).toEqual({})
  })
})

describe('sound', () => {
  it('is the file as it came, and a broken-off copy leaves none', async () => {
    const store = await tab()
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const done: number[] = []
    await store.keepFile('a', new Blob([bytes]), { onProgress: progress => done.push(progress.done) })
    expect(new Uint8Array(await (await store.sound('a')).file!.arrayBuffer())).toEqual(bytes)
    expect(done.at(-1)).toBe(60_000)
    const stop = AbortSignal.abort()
    await expect(store.keepFile('b', new Blob([bytes]), { signal: stop })).rejects.toMatchObject({ code: 'cancelled' })
    expect((await store.sound('b')).file).toBeUndefined()
  })

  it('of a recording is there to the last whole part when nobody ends it, and to the last sample when somebody does', async () => {
    const store = await tab()
    const rate = 1000
    const samples = frames(PART_SECONDS * 2 + 1, rate, n => Math.sin(n / 10))
    const writer = await store.writer('a', rate)
    for (let at = 0; at < samples.length; at += 20) {
      await writer.write({ samples: samples.slice(at, at + 20), sampleRate: rate, channels: 1 })
    }
    expect(writer.seconds).toBe(PART_SECONDS * 2 + 1)
    await expect.poll(async () => (await store.sound('a')).pcm?.samples.size).toBe(PART_SECONDS * 2 * rate * 2)
    await writer.flush()
    const { pcm } = await store.sound('a')
    expect(pcm?.sampleRate).toBe(rate)
    const kept = new Int16Array(await pcm!.samples.arrayBuffer())
    expect(kept.length).toBe(samples.length)
    expect(Math.max(...kept.map((value, n) => Math.abs(value - Math.round(samples[n]! * 32_767))))).toBe(0)
  })

  it('is mixed to mono, held within 16 bits, and begun anew by another writer', async () => {
    const store = await tab()
    const first = await store.writer('a', 8000)
    await first.write({ samples: frames(5, 8000, () => 0.1), sampleRate: 8000, channels: 1 })
    await first.flush()
    const writer = await store.writer('a', 16_000)
    await writer.write({ samples: Float32Array.of(1, 0, 2, 2, -2, -2), sampleRate: 16_000, channels: 2 })
    await writer.flush()
    const { pcm } = await store.sound('a')
    expect(pcm?.sampleRate).toBe(16_000)
    expect([...new Int16Array(await pcm!.samples.arrayBuffer())]).toEqual([16_384, 32_767, -32_768])
  })
})
