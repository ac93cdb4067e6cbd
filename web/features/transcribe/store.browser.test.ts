import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useTranscriptList } from './store-list.ts'
import { useTranscript } from './store.ts'
import { useRecorder } from './store-record.ts'
import { useTranscribing } from './store-work.ts'
import { closeTabs, openTab, RATE, scriptedMicrophone, scriptedTranscriber } from './testing.ts'

let name: string
let count = 0
beforeEach(() => void (name = `test-transcribe-${Date.now()}-${count++}`))
afterEach(async () => {
  closeTabs()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

const studioOf = (transcriber: ReturnType<typeof scriptedTranscriber>) => ({ transcribers: [transcriber] as const })
const file = (ending = 'wav') => new File([new Uint8Array(1000)], `Talk.${ending}`, { type: 'audio/wav' })
async function tabOf(parts: Parameters<typeof openTab>[1] = {}) {
  const { kept, pinia } = await openTab(name, parts)
  return {
    kept,
    pinia,
    work: useTranscribing(pinia),
    open: useTranscript(pinia),
    list: useTranscriptList(pinia),
    recorder: useRecorder(pinia),
    jobs: useJobs(pinia),
  }
}
type Tab = Awaited<ReturnType<typeof tabOf>>
const words = async ({ kept }: Tab, id: string) => (await kept.open(id)).paragraphs.map(({ text }) => text).join(' ')
const over = ({ jobs }: Tab) => vi.waitFor(() => expect(jobs.running).toEqual([]), 5000)

describe('a file', () => {
  it('becomes words that are kept, and is told of in the tray', async () => {
    const tab = await tabOf()
    const { id } = await tab.work.takeIn(file())
    expect(await tab.kept.open(id)).toMatchObject({ title: 'Talk', state: 'waiting', source: { name: 'Talk.wav' } })
    tab.work.start(id, 'Transcript of “Talk”')
    expect(tab.work.jobOf(id)?.title).toBe('Transcript of “Talk”')
    await over(tab)
    expect(await words(tab, id)).toBe('w0 w1 w2 w3 w4')
    expect(await tab.kept.open(id)).toMatchObject({ state: 'done', duration: 5, reached: 5, listen: 'file' })
    expect((await tab.kept.sound(id)).pcm).toBeUndefined()
  })

  it('in a container without an index gets a copy in which every place is found', async () => {
    const tab = await tabOf()
    const { id } = await tab.work.takeIn(file('mp3'))
    tab.work.start(id, 'Work')
    await over(tab)
    const { pcm } = await tab.kept.sound(id)
    expect(pcm && pcm.samples.size / 2 / pcm.sampleRate).toBeCloseTo(5, 2)
    expect((await tab.kept.open(id)).listen).toBe('pcm')
  })

  it('that is stopped keeps what is there, and goes on from there', async () => {
    let gates = 0
    const { promise: never } = Promise.withResolvers<void>()
    const first = scriptedTranscriber({ gate: () => (++gates > 3 ? never : Promise.resolve()) })
    const tab = await tabOf(studioOf(first))
    const { id } = await tab.work.takeIn(file())
    tab.work.start(id, 'Work')
    await vi.waitFor(() => expect(gates).toBe(4), 5000)
    // A tab that is closed now: another one opens what was saved.
    const second = scriptedTranscriber()
    const other = await tabOf(studioOf(second))
    await vi.waitFor(async () => expect(await words(other, id)).toBe('w0 w1 w2'), 8000)
    expect((await other.kept.open(id)).reached).toBe(3)
    other.work.start(id, 'Work')
    // The first tab still holds it.
    await vi.waitFor(() => expect(other.jobs.failed[0]?.failure?.code).toBe('conflict'), 5000)
  })

  it('whose engine fails keeps what was heard before, and is read on without a word twice', async () => {
    const failing = scriptedTranscriber({ failAt: 3 })
    const tab = await tabOf(studioOf(failing))
    const { id } = await tab.work.takeIn(file())
    tab.work.start(id, 'Work')
    await vi.waitFor(() => expect(tab.jobs.failed[0]?.failure?.code).toBe('engine'), 5000)
    expect(await tab.kept.open(id)).toMatchObject({ state: 'stopped', reached: 3 })

    const later = scriptedTranscriber()
    const other = await tabOf(studioOf(later))
    other.work.start(id, 'Work')
    await over(other)
    expect(later.given).toEqual([3, 4])
    expect(await words(other, id)).toBe('w0 w1 w2 w3 w4')
    expect((await other.kept.open(id)).paragraphs.flatMap(({ words }) => words.map(({ start }) => start))).toEqual([
      0, 1, 2, 3, 4,
    ])
  })

  it('waits its turn, and leaves the line when it is cancelled', async () => {
    const tab = await tabOf()
    const ids: string[] = []
    for (let at = 0; at < 3; at++) ids.push((await tab.work.takeIn(file())).id)
    for (const id of ids) tab.work.start(id, id)
    tab.work.cancel(ids[1]!)
    await over(tab)
    expect(await words(tab, ids[0]!)).toBe('w0 w1 w2 w3 w4')
    expect(await words(tab, ids[1]!)).toBe('')
    expect((await tab.kept.open(ids[1]!)).state).toBe('waiting')
    expect(await words(tab, ids[2]!)).toBe('w0 w1 w2 w3 w4')
  })

  it('without its sound says so and keeps the words', async () => {
    const tab = await tabOf()
    const { id } = await tab.work.takeIn(file())
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true })
    tab.work.start(id, 'Work')
    await vi.waitFor(() => expect(tab.jobs.failed[0]?.failure?.message).toContain('no longer'), 5000)
  })
})

describe('editing', () => {
  async function opened() {
    const tab = await tabOf()
    const { id } = await tab.work.takeIn(file())
    tab.work.start(id, 'Work')
    await over(tab)
    await tab.open.open(id)
    return { tab, id }
  }
  const write = ({ open }: Tab, text: string) =>
    open.setBlocks([{ id: open.transcript!.paragraphs[0]!.id, text }], 'text')

  it('is undone and redone with everything else, and saved', async () => {
    const { tab, id } = await opened()
    write(tab, 'w0 changed w2 w3 w4')
    tab.open.setNewSpeaker(tab.open.transcript!.paragraphs[0]!.id, 'Ada')
    tab.open.setTitle('Renamed')
    for (let step = 0; step < 3; step++) tab.open.undo()
    expect(tab.open.canUndo).toBe(false)
    expect(tab.open.transcript).toMatchObject({ title: 'Talk', speakers: [], paragraphs: [{ text: 'w0 w1 w2 w3 w4' }] })
    for (let step = 0; step < 3; step++) tab.open.redo()
    await tab.open.close()
    expect(await tab.kept.open(id)).toMatchObject({
      title: 'Renamed',
      speakers: [{ name: 'Ada' }],
      paragraphs: [{ text: 'w0 changed w2 w3 w4' }],
    })
  })

  it('in two tabs: follows while nothing is unsaved, and asks when both have changed', async () => {
    const { tab, id } = await opened()
    const other = await tabOf()
    await other.open.open(id)
    write(tab, 'From the first.')
    await tab.open.flush()
    await vi.waitFor(() => expect(other.open.transcript?.paragraphs[0]?.text).toBe('From the first.'), 5000)

    write(other, 'Mine.')
    write(tab, 'Theirs.')
    await tab.open.flush()
    await other.open.flush()
    expect(other.open.saveState).toBe('conflict')
    await other.open.keepMine()
    expect(await words(tab, id)).toBe('Mine.')
    other.open.undo()
    expect(other.open.transcript?.paragraphs[0]?.text).toBe('Theirs.')
  })
})

describe('a recording', () => {
  const begin = async (parts: Parameters<typeof openTab>[1] = {}) => {
    const scripted = scriptedMicrophone()
    const tab = await tabOf({ ...parts, microphone: async () => scripted.microphone })
    return { ...scripted, tab }
  }

  it('is kept with its words; a pause is left out', async () => {
    const { tab, say } = await begin()
    const id = await tab.recorder.start({ title: 'Recording', captions: true })
    expect(tab.recorder.id).toBe(id)
    await say(2, 0)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(2), 5000)
    tab.recorder.pause()
    await say(3, 2)
    await vi.waitFor(() => expect(tab.recorder.state).toBe('paused'))
    await new Promise(resolve => setTimeout(resolve, 50))
    tab.recorder.resume()
    await say(1, 5)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(3), 5000)
    await tab.recorder.stop()
    expect(tab.recorder.state).toBe('idle')
    expect(await words(tab, id!)).toBe('w0 w1 w5')
    expect(await tab.kept.open(id!)).toMatchObject({ state: 'done', duration: 3, listen: 'pcm' })
    expect((await tab.kept.sound(id!)).pcm?.samples.size).toBe(3 * RATE * 2)
  })

  it('is there when the tab is closed in the middle of it, and its words can be made', async () => {
    const { tab, say } = await begin()
    const id = (await tab.recorder.start({ title: 'Recording', captions: false }))!
    await say(2, 0)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(2), 5000)
    // What the browser tells a page that goes away.
    dispatchEvent(new PageTransitionEvent('pagehide'))
    const other = await tabOf({ seconds: 2 })
    await vi.waitFor(async () => expect((await other.kept.sound(id)).pcm?.samples.size).toBe(2 * RATE * 2), 5000)
    expect((await other.list.refresh(), other.list.rows[0])).toMatchObject({ id, state: 'recording' })
    other.work.start(id, 'Work')
    await over(other)
    expect(await words(other, id)).toBe('w0 w1')
    await tab.recorder.stop()
  })

  it('goes on when captions fail, and is read afterwards', async () => {
    const failing = scriptedTranscriber({ failAt: 1 })
    const { tab, say } = await begin({ ...studioOf(failing), seconds: 3 })
    const id = (await tab.recorder.start({ title: 'Recording', captions: true }))!
    await say(3, 0)
    await vi.waitFor(() => expect(tab.recorder.captionFailure?.code).toBe('engine'), 5000)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(3), 5000)
    await tab.recorder.stop()
    await vi.waitFor(() => expect(tab.jobs.jobs.map(({ kind }) => kind)).toEqual(['record', 'transcribe']), 5000)
    await over(tab)
    expect(await words(tab, id)).toBe('w0')
    expect((await tab.kept.sound(id)).pcm?.samples.size).toBe(3 * RATE * 2)
  })

  it('is read when it is over by what is too slow to read along', async () => {
    const slow = scriptedTranscriber()
    const { tab, say } = await begin({ ...studioOf(slow), seconds: 2 })
    const id = (await tab.recorder.start({ title: 'Recording', captions: false, afterwards: true }))!
    expect(tab.recorder.readsAlong).toBe(false)
    await say(2, 0)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(2), 5000)
    expect(slow.given).toEqual([])
    await tab.recorder.stop()
    await vi.waitFor(() => expect(tab.jobs.jobs.map(({ kind }) => kind)).toEqual(['record', 'transcribe']), 5000)
    await over(tab)
    expect(await words(tab, id)).toBe('w0 w1')
  })

  it('that is deleted while it runs ends, and nothing is begun with it', async () => {
    const slow = scriptedTranscriber()
    const { tab, say } = await begin({ ...studioOf(slow), seconds: 2 })
    const id = (await tab.recorder.start({ title: 'Recording', captions: false, afterwards: true }))!
    await say(2, 0)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(2), 5000)
    await tab.list.remove(id)
    expect(tab.recorder.state).toBe('idle')
    expect(tab.jobs.jobs.map(({ kind, state }) => [kind, state])).toEqual([['record', 'done']])
    expect(slow.given).toEqual([])
    // Whoever takes it back has the sound, and can have its words made.
    await tab.list.bringBack(id)
    tab.work.start(id, 'Work')
    await over(tab)
    expect(await words(tab, id)).toBe('w0 w1')
  })

  it('keeps what was said when the microphone is unplugged, and says so', async () => {
    const { tab, say, unplug, become } = await begin()
    const id = (await tab.recorder.start({ title: 'Recording', captions: true }))!
    become('clipping')
    expect(tab.recorder.trouble).toBe('clipping')
    await say(2, 0)
    await vi.waitFor(() => expect(tab.recorder.seconds).toBe(2), 5000)
    unplug()
    await vi.waitFor(() => expect(tab.recorder.state).toBe('idle'), 5000)
    expect(tab.recorder.failure?.code).toBe('not-found')
    expect(await words(tab, id)).toBe('w0 w1')
  })

  it('without permission leaves nothing behind', async () => {
    const tab = await tabOf({
      microphone: () => Promise.reject(new SeamError('refused', 'Not allowed.')),
    })
    expect(await tab.recorder.start({ title: 'Recording', captions: true })).toBeUndefined()
    expect(tab.recorder.failure?.code).toBe('refused')
    expect(tab.recorder.state).toBe('idle')
    expect(await tab.kept.list()).toEqual([])
  })
})

describe('the list', () => {
  it('finds, orders, renames, and brings back what was removed', async () => {
    const tab = await tabOf()
    for (const title of ['Zoo', 'Äpfel und Birnen']) {
      await tab.work.takeIn(new File(['x'], `${title}.wav`))
    }
    await tab.list.watch()
    tab.list.order = 'title'
    expect(tab.list.shown.map(({ title }) => title)).toEqual(['Äpfel und Birnen', 'Zoo'])
    tab.list.query = 'birnen äpfel'
    const [row] = tab.list.shown
    expect(tab.list.shown).toHaveLength(1)
    await tab.list.rename(row!.id, 'Obst')
    tab.list.query = 'obst'
    expect(tab.list.shown.map(({ title }) => title)).toEqual(['Obst'])
    await tab.list.remove(row!.id)
    expect(tab.list.shown).toEqual([])
    await tab.list.bringBack(row!.id)
    expect(tab.list.shown.map(({ title }) => title)).toEqual(['Obst'])
    tab.list.unwatch()
  })
})
