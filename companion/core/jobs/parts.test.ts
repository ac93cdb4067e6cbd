import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { bookVoice, chapter, openBookHost, sound, type BookHost } from '../testing/book.ts'
import { PART_MAKERS, type PartMaker } from '../testing/part-makers.ts'
import { PIECE } from '../queue/connection.ts'

vi.setConfig({ testTimeout: 90_000 })

const book = (chapters: number) => Array.from({ length: chapters }, (_, at) => chapter(at + 1))
const soundOf = (chapters: readonly string[]) => Buffer.concat(chapters.map(sound))
const count = (numbers: readonly number[], wanted: number) => numbers.filter(number => number === wanted).length

/** When a job is done, what was kept for a second try goes. */
async function nothingLeft(host: BookHost, maker: PartMaker) {
  await expect.poll(() => host.kept(), { timeout: 20_000 }).toEqual([])
  expect(await maker.leftovers()).toEqual([])
}

describe.each(PART_MAKERS)('chapters that are made by $who', ({ open }) => {
  async function setUp(concurrency = 1) {
    const voice = bookVoice()
    const maker = await open(voice.folders)
    const options = { folders: voice.folders, parts: maker.parts, concurrency }
    return { voice, maker, options, host: await openBookHost(options) }
  }

  it('are the whole text’s sound, byte for byte and in order, and nothing of them is left over', async () => {
    const { host, voice, maker } = await setUp()
    const text = book(5)
    const [cut, whole] = [await host.submit(text.join('')), await host.submit(text.join(''), 'none')]
    const { inputBytes } = await host.over(cut)
    expect(await host.over(whole)).toMatchObject({ state: 'done', message: undefined })
    expect(host.get(cut)).toMatchObject({ state: 'done', message: undefined, consumed: inputBytes, attempts: 1 })
    expect(host.output(cut).equals(soundOf(text))).toBe(true)
    expect(host.output(whole).equals(host.output(cut))).toBe(true)
    // The whole text begins with its first chapter.
    expect(voice.begun().sort()).toEqual([1, 1, 2, 3, 4, 5])
    await nothingLeft(host, maker)
  })

  it('keep their order though the first is the last to be made', async () => {
    const { host, voice, maker } = await setUp()
    const text = book(4)
    voice.tell('hold', 1)
    const id = await host.submit(text.join(''))
    // One after another here; beside each other there.
    if (maker.parts) await host.made(id, 3, 4)
    expect(host.get(id)).toMatchObject({ state: 'running', outputBytes: 0 })
    voice.leave('hold', 1)
    await host.over(id)
    expect(host.output(id).equals(soundOf(text))).toBe(true)
  })

  it('may make nothing, as much as goes through a queue at once, and a little more', async () => {
    const { host, maker } = await setUp()
    const text = [
      chapter(1, PIECE / 2),
      chapter(2, 1000, 'a silent night '),
      chapter(3, PIECE / 2 + 1),
      chapter(4, 3 * PIECE),
    ]
    const id = await host.submit(text.join(''))
    expect(await host.over(id)).toMatchObject({ state: 'done', outputBytes: 8 * PIECE + 2 })
    expect(host.output(id).equals(soundOf(text))).toBe(true)
    await nothingLeft(host, maker)
  })

  it.each([
    ['no text', ''],
    ['one chapter', chapter(1)],
    ['one chapter behind a line of contents', chapter(1, 30) + chapter(2)],
  ])('are not needed for %s', async (_, text) => {
    const { host } = await setUp()
    const id = await host.submit(text)
    expect(await host.over(id)).toMatchObject({ state: 'done', inputBytes: text.length, outputBytes: 2 * text.length })
    expect(host.output(id).equals(sound(text))).toBe(true)
  })

  it('with the same words are made once', async () => {
    const { host, voice } = await setUp()
    const text = [chapter(1), chapter(2), chapter(1), chapter(2)]
    const id = await host.submit(text.join(''))
    expect(await host.over(id)).toMatchObject({ state: 'done' })
    expect(host.output(id).equals(soundOf(text))).toBe(true)
    expect(voice.begun().sort()).toEqual([1, 2])
  })

  it('fail with the voice’s own words, stop the others, and leave what was made for the next run', async () => {
    const { host, voice, maker } = await setUp()
    const text = book(4)
    for (const [what, at] of [
      ['hold', 3],
      ['tear', 3],
      ['hold', 4],
    ] as const)
      voice.tell(what, at)
    const id = await host.submit(text.join(''))
    await host.made(id, 2, 4)
    voice.leave('hold', 3)
    expect(await host.over(id)).toMatchObject({ state: 'failed', message: expect.stringContaining('Page 3 is torn.') })
    expect(() => host.output(id)).toThrow('ENOENT')
    expect(host.kept()).toHaveLength(2)
    await expect.poll(() => voice.running(), { timeout: 20_000 }).toEqual([])

    voice.leave('tear', 3)
    voice.leave('hold', 4)
    const again = await host.submit(text.join(''))
    expect(await host.over(again)).toMatchObject({ state: 'done' })
    expect(host.output(again).equals(soundOf(text))).toBe(true)
    expect([count(voice.begun(), 1), count(voice.begun(), 2)]).toEqual([1, 1])
    await nothingLeft(host, maker)
  })

  it('are no longer made when what puts them together has failed', async () => {
    const { host, voice, maker } = await setUp()
    voice.tell('tear', 0)
    for (let at = 2; at <= 6; at++) voice.tell('hold', at)
    const id = await host.submit(book(6).join(''))
    expect(await host.over(id)).toMatchObject({ state: 'failed', message: expect.stringContaining('no glue') })
    await expect.poll(() => voice.running(), { timeout: 20_000 }).toEqual([])
    // The next job has the makers to itself, and finds the first chapter made.
    for (let at = 2; at <= 6; at++) voice.leave('hold', at)
    voice.leave('tear', 0)
    const again = await host.submit(book(6).join(''))
    expect(await host.over(again)).toMatchObject({ state: 'done' })
    expect(count(voice.begun(), 1)).toBe(1)
    await nothingLeft(host, maker)
  })

  it('warn, and it is the job’s warning', async () => {
    const { host, voice } = await setUp()
    voice.tell('warn', 2)
    const id = await host.submit(book(3).join(''))
    expect(await host.over(id)).toMatchObject({ state: 'done', warnings: 1 })
    expect(host.log(id)).toContain('Page 2 is smudged.')
  })

  it('end in their middle when the job is cancelled', async () => {
    const { host, voice } = await setUp()
    voice.tell('hold', 3)
    const id = await host.submit(book(3).join(''))
    await host.made(id, 2, 3)
    await expect.poll(() => voice.begun().sort(), { timeout: 20_000 }).toEqual([1, 2, 3])
    expect(voice.running()).toHaveLength(1)
    expect(await host.cancel(id)).toMatchObject({ state: 'cancelled' })
    await expect.poll(() => voice.running(), { timeout: 20_000 }).toEqual([])
    // What was made until then is kept, whole chapters alone.
    expect(host.kept().filter(name => /^[0-9a-f]{64}$/.test(name))).toHaveLength(2)
    expect(host.kept()).toHaveLength(2)
  })

  it('are not made again when a cancelled job is given once more, at once', async () => {
    const { host, voice, maker } = await setUp()
    const text = book(4)
    voice.tell('hold', 4)
    const id = await host.submit(text.join(''))
    await host.made(id, 3, 4)
    await host.cancel(id)
    const again = await host.submit(text.join(''))
    await host.made(again, 3, 4)
    voice.leave('hold', 4)
    expect(await host.over(again)).toMatchObject({ state: 'done', message: undefined })
    expect(host.output(again).equals(soundOf(text))).toBe(true)
    expect([1, 2, 3].map(at => count(voice.begun(), at))).toEqual([1, 1, 1])
    await nothingLeft(host, maker)
  })

  it('are not made again by the next daemon', async () => {
    const { host, voice, options, maker } = await setUp()
    const text = book(4)
    voice.tell('hold', 4)
    const id = await host.submit(text.join(''))
    await host.made(id, 3, 4)
    await host.close()
    voice.leave('hold', 4)
    const next = await openBookHost({ ...options, stateFolder: host.stateFolder })
    expect(await next.over(id)).toMatchObject({ state: 'done', message: undefined, attempts: 1 })
    expect(next.output(id).equals(soundOf(text))).toBe(true)
    expect([1, 2, 3].map(at => count(voice.begun(), at))).toEqual([1, 1, 1])
    await nothingLeft(next, maker)
  })

  it('are kept until the whole of them has its place', async () => {
    const { host, voice, maker } = await setUp()
    const text = book(2)
    voice.tell('hold', 2)
    const id = await host.submit(text.join(''))
    // Something stands where the output is to be.
    mkdirSync(join(host.stateFolder, 'jobs', id, 'output'))
    voice.leave('hold', 2)
    expect(await host.over(id)).toMatchObject({ state: 'failed' })
    const again = await host.submit(text.join(''))
    expect(await host.over(again)).toMatchObject({ state: 'done' })
    expect(host.output(again).equals(soundOf(text))).toBe(true)
    expect(voice.begun().sort()).toEqual([1, 2])
    await nothingLeft(host, maker)
  })

  it('are made once for jobs that are at work at the same time, whichever of them is cancelled', async () => {
    const { host, voice, maker } = await setUp(4)
    const text = book(4)
    voice.tell('hold', 2)
    const ids: string[] = []
    for (let job = 1; job <= 4; job++) ids.push(await host.submit(text.join('')))
    for (const id of ids) await host.made(id, 1, 4)
    // One that waits for what another makes, and the one that makes it.
    const [first, waiting, ...others] = ids as [string, string, string, string]
    for (const id of [waiting, first]) expect(await host.cancel(id)).toMatchObject({ state: 'cancelled' })
    voice.leave('hold', 2)
    for (const id of others) {
      expect(await host.over(id)).toMatchObject({ state: 'done', message: undefined })
      expect(host.output(id).equals(soundOf(text))).toBe(true)
    }
    expect([1, 3, 4].map(at => count(voice.begun(), at))).toEqual([1, 1, 1])
    await nothingLeft(host, maker)
  })
})
