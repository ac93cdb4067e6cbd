import { deleteDB } from 'idb'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Paragraph, Project } from '#protocol/projects.ts'
import { openProjectStore, type OpenProjectStore } from '../../storage/projects.ts'
import { studioKey, type Studio } from '../studio.ts'
import { createAutosave, type SaveState } from '../../ui/autosave.ts'
import { newChapter, newProject } from './document.ts'
import { useNarrateList } from './store-list.ts'
import { useNarrateProject } from './store.ts'

const SETTINGS = {
  lang: 'en-us',
  engine: 'kokoro',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  pauses: { sentence: 0.3, paragraph: 0.7, chapter: 1.5 },
}

let name: string
let count = 0
const stores: OpenProjectStore[] = []

/** A browser tab: its own connection to the same database, its own stores. */
async function openTab() {
  const projects = await openProjectStore({ name })
  stores.push(projects)
  const pinia = createPinia()
  const app = createApp({})
  app.use(pinia)
  // These stores use nothing else of the studio.
  app.provide(studioKey, { projects } as unknown as Studio)
  return { projects, project: useNarrateProject(pinia), list: useNarrateList(pinia) }
}

type Tab = Awaited<ReturnType<typeof openTab>>
const texts = ({ project }: Tab) => project.project?.chapters.flatMap(({ paragraphs }) => paragraphs.map(p => p.text))
const stored = async ({ projects }: Tab, id: string) =>
  (await projects.open(id)).chapters.flatMap(({ paragraphs }) => paragraphs.map(({ text }) => text))

function write({ project }: Tab, text: string, tag?: string) {
  const { id, paragraphs } = project.chapter!
  project.setText(id, [{ ...paragraphs[0]!, text }, ...paragraphs.slice(1)] as Paragraph[], tag)
}

let book: Project
let tab: Tab
beforeEach(async () => {
  name = `test-narrate-${Date.now()}-${count++}`
  tab = await openTab()
  book = await tab.projects.create(
    newProject('Book', SETTINGS, [newChapter('One', ['First.', 'Second.']), newChapter('Two', ['Third.'])]),
  )
  await tab.project.open(book.id)
})
afterEach(async () => {
  for (const store of stores.splice(0)) store.close()
  await deleteDB(name)
  localStorage.clear()
})

describe('autosave', () => {
  it('writes by itself some time after the last change', async () => {
    write(tab, 'Typed.')
    expect(tab.project.saveState).toBe('dirty')
    await vi.waitFor(async () => expect(await stored(tab, book.id)).toEqual(['Typed.', 'Second.', 'Third.']), 5000)
    await vi.waitFor(() => expect(tab.project.saveState).toBe('saved'))
  })

  it('keeps what is typed while a save is under way', async () => {
    write(tab, 'One')
    const saving = tab.project.flush()
    write(tab, 'One two')
    await saving
    expect(tab.project.saveState).toBe('saved')
    expect((await stored(tab, book.id))[0]).toBe('One two')
  })

  it('holds on to the text when the store refuses, and writes it once the store accepts', async () => {
    const states: SaveState[] = []
    const autosave = createAutosave(tab.projects, book, { onState: state => states.push(state) })
    await tab.projects.remove(book.id)
    autosave.change({ ...book, title: 'Renamed' })
    await autosave.flush()
    expect(autosave.state).toBe('failed')
    expect(autosave.error?.code).toBe('not-found')
    await tab.projects.create(book)
    await autosave.flush()
    expect(autosave.state).toBe('saved')
    expect(states).toEqual(['dirty', 'saving', 'failed', 'saving', 'saved'])
    expect((await tab.projects.open(book.id)).title).toBe('Renamed')
  })

  it('writes what is dirty when another project is opened', async () => {
    const other = await tab.list.create('Other', SETTINGS)
    write(tab, 'Typed last.')
    await tab.project.open(other.id)
    expect(tab.project.project?.id).toBe(other.id)
    expect((await stored(tab, book.id))[0]).toBe('Typed last.')
  })
})

describe('undo', () => {
  it('spans text, chapters, settings and words, and is saved', async () => {
    write(tab, 'Changed.', 'text a')
    tab.project.addChapter('Three', tab.project.chapterId)
    tab.project.setSettings({ speed: 1.5 })
    tab.project.setLexicon([{ word: 'Nguyen', as: 'Win' }])
    for (let step = 0; step < 4; step++) tab.project.undo()
    expect(tab.project.canUndo).toBe(false)
    expect(tab.project.project?.chapters).toEqual(book.chapters)
    expect(tab.project.project?.settings).toEqual(SETTINGS)
    await tab.project.flush()
    expect(await stored(tab, book.id)).toEqual(['First.', 'Second.', 'Third.'])
    for (let step = 0; step < 4; step++) tab.project.redo()
    expect(tab.project.project?.lexicon.length).toBe(1)
    expect(texts(tab)?.[0]).toBe('Changed.')
  })

  it('brings a chapter back where it was, and shows it', () => {
    const [one, two] = book.chapters
    tab.project.showChapter(one!.id)
    tab.project.removeChapter(one!.id)
    expect(tab.project.chapterId).toBe(two!.id)
    const before = tab.project.rewrites
    tab.project.undo()
    expect(tab.project.project?.chapters.map(({ title }) => title)).toEqual(['One', 'Two'])
    expect(tab.project.chapterId).toBe(one!.id)
    expect(tab.project.rewrites).toBe(before + 1)
  })
})

describe('two tabs', () => {
  let second: Tab
  beforeEach(async () => {
    second = await openTab()
    await second.project.open(book.id)
  })

  it('follow each other while nothing is unsaved', async () => {
    write(tab, 'From the first.')
    await tab.project.flush()
    await vi.waitFor(() => expect(texts(second)?.[0]).toBe('From the first.'))
    write(second, 'From the second.')
    await second.project.flush()
    expect(second.project.saveState).toBe('saved')
    await vi.waitFor(() => expect(texts(tab)?.[0]).toBe('From the second.'))
  })

  async function collide() {
    write(second, 'Mine.')
    write(tab, 'Theirs.')
    await tab.project.flush()
    await second.project.flush()
    expect(second.project.saveState).toBe('conflict')
    expect(texts(second)?.[0]).toBe('Mine.')
  }

  it('keep mine as a copy: both texts are stored', async () => {
    await collide()
    const copy = await second.project.keepMine('Book (copy)')
    expect(copy).not.toBe(book.id)
    expect((await stored(tab, copy!))[0]).toBe('Mine.')
    expect((await stored(tab, book.id))[0]).toBe('Theirs.')
    expect(second.project.project).toBeUndefined()
  })

  it('take theirs: mine is one undo away', async () => {
    await collide()
    await second.project.takeTheirs()
    expect(second.project.saveState).toBe('saved')
    expect(texts(second)?.[0]).toBe('Theirs.')
    second.project.undo()
    expect(texts(second)?.[0]).toBe('Mine.')
    await second.project.flush()
    expect((await stored(tab, book.id))[0]).toBe('Mine.')
  })

  it('does not overwrite while the conflict stands, whatever is typed', async () => {
    await collide()
    write(second, 'More of mine.')
    await second.project.flush()
    expect(second.project.saveState).toBe('conflict')
    expect((await stored(tab, book.id))[0]).toBe('Theirs.')
    expect(texts(second)?.[0]).toBe('More of mine.')
  })
})

describe('the list', () => {
  it('finds, orders, duplicates, renames, and brings back what was removed', async () => {
    const { list } = tab
    await list.create('Äpfel und Birnen', SETTINGS)
    await list.refresh()
    list.query = 'birnen äpfel'
    expect(list.shown.map(({ title }) => title)).toEqual(['Äpfel und Birnen'])
    list.query = ''
    list.order = 'title'
    expect(list.shown.map(({ title }) => title)).toEqual(['Äpfel und Birnen', 'Book'])

    const copy = await list.duplicate(book.id, 'Book (copy)')
    await list.rename(copy.id, 'Book 10')
    expect(list.shown.map(({ title }) => title)).toEqual(['Äpfel und Birnen', 'Book', 'Book 10'])
    expect(await stored(tab, copy.id)).toEqual(['First.', 'Second.', 'Third.'])

    await list.remove(copy.id)
    expect(list.rows.some(({ id }) => id === copy.id)).toBe(false)
    await list.bringBack()
    expect(list.rows.find(({ id }) => id === copy.id)?.title).toBe('Book 10')
    expect(await stored(tab, copy.id)).toEqual(['First.', 'Second.', 'Third.'])
  })
})

describe('the caret', () => {
  it('is where it was when the project was closed', async () => {
    const place = { chapter: book.chapters[1]!.id, paragraph: book.chapters[1]!.paragraphs[0]!.id, offset: 3 }
    tab.project.keepCursor(place)
    await tab.project.close()
    await tab.project.open(book.id)
    expect(tab.project.restore).toEqual(place)
    expect(tab.project.chapterId).toBe(place.chapter)
  })
})
