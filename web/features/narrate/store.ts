import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { SeamError } from '#protocol/errors.ts'
import type { Chapter, Paragraph, Project, ProjectSettings } from '#protocol/projects.ts'
import type { LexiconEntry, VoiceBlend } from '#protocol/speech.ts'
import { useStudio } from '../studio.ts'
import { createAutosave, type Autosave, type SaveState } from '../../ui/autosave.ts'
import { readCursor, writeCursor, type Cursor } from './cursor.ts'
import * as change from './document.ts'
import { createHistory, type History } from '../../ui/history.ts'

/** The project that is open: its text, its undo, and its way to the store. */
export const useNarrateProject = defineStore('narrate/project', () => {
  const studio = useStudio()

  const project = shallowRef<Project>()
  const chapterId = ref<string>()
  const saveState = ref<SaveState>('saved')
  const saveError = shallowRef<SeamError>()
  const canUndo = ref(false)
  const canRedo = ref(false)
  /** Raised when text came from elsewhere than the editor: undo, another tab, a lexicon. The caret then follows it. */
  const rewrites = ref(0)
  /** Where the caret stood when the project was last closed, until the editor has taken it. */
  const restore = shallowRef<Cursor>()

  const chapter = computed<Chapter | undefined>(
    () => project.value && (change.chapterOf(project.value, chapterId.value) ?? project.value.chapters[0]),
  )
  const empty = computed(() => !project.value || change.isEmpty(project.value))

  let history: History<Project> | undefined
  let autosave: Autosave<Project> | undefined
  let unwatch: (() => void) | undefined

  function show(next: Project) {
    project.value = next
    canUndo.value = history?.canUndo ?? false
    canRedo.value = history?.canRedo ?? false
    if (!next.chapters.some(({ id }) => id === chapterId.value)) chapterId.value = next.chapters[0]?.id
  }

  function apply(next: Project, tag?: string) {
    if (!history || next === project.value) return
    history.push(next, tag)
    autosave?.change(next)
    show(next)
  }

  /** @throws SeamError not-found */
  async function open(id: string) {
    if (project.value?.id === id) return
    await close()
    const stored = await studio.projects.open(id)
    history = createHistory(stored)
    autosave = createAutosave(studio.projects, stored, {
      onState: state => {
        saveState.value = state
        saveError.value = autosave?.error
      },
    })
    restore.value = readCursor(id)
    chapterId.value = stored.chapters.find(({ id }) => id === restore.value?.chapter)?.id ?? stored.chapters[0]?.id
    saveState.value = 'saved'
    saveError.value = undefined
    show(stored)
    void studio.projects.note(id, { openedAt: new Date().toISOString() })
    unwatch = studio.projects.watch(other => {
      const mine = autosave
      if (other.id !== id || other.removed || !mine || (other.revision ?? 0) <= mine.revision) return
      // Nothing unsaved here: the other tab's text is simply newer. Otherwise the next save finds the conflict.
      if (mine.state === 'saved') void takeTheirs()
    })
  }

  /** Writes what is dirty. What could not be written stays open, and `false` is returned. */
  async function close(): Promise<boolean> {
    await autosave?.close()
    if (autosave && autosave.state !== 'saved') return false
    unwatch?.()
    unwatch = undefined
    autosave = undefined
    history = undefined
    project.value = undefined
    chapterId.value = undefined
    restore.value = undefined
    canUndo.value = canRedo.value = false
    return true
  }

  function step(to: Project | undefined) {
    if (!to) return
    autosave?.change(to)
    const before = project.value
    // Show the chapter in which something came back.
    const touched = to.chapters.find(({ id }, at) => before?.chapters.find(old => old.id === id) !== to.chapters[at])
    show(to)
    if (touched && touched.id !== chapterId.value) chapterId.value = touched.id
    rewrites.value++
  }

  /** Another tab's text takes this one's place; this one's is one undo away. */
  async function takeTheirs() {
    const id = project.value?.id
    if (!id || !autosave || !history) return
    const theirs = await studio.projects.open(id)
    history.push(theirs)
    autosave.adopt(theirs)
    show(theirs)
    rewrites.value++
  }

  /** This tab's text as a project of its own; the stored one stays as the other tab left it. @returns the new id */
  async function keepMine(title: string): Promise<string | undefined> {
    if (!project.value) return undefined
    const copy = await studio.projects.create(change.copyOf(project.value, title))
    autosave?.adopt({ ...project.value, revision: autosave.revision })
    await close()
    return copy.id
  }

  const edit = (make: (project: Project) => Project, tag?: string) => {
    if (project.value) apply(make(project.value), tag)
  }

  return {
    project: computed(() => project.value),
    chapter,
    chapterId: computed(() => chapter.value?.id),
    empty,
    saveState: computed(() => saveState.value),
    saveError: computed(() => saveError.value),
    canUndo: computed(() => canUndo.value),
    canRedo: computed(() => canRedo.value),
    rewrites: computed(() => rewrites.value),
    restore: computed(() => restore.value),

    open,
    close,
    flush: async () => autosave?.flush(),
    takeTheirs,
    keepMine,
    undo: () => step(history?.undo()),
    redo: () => step(history?.redo()),

    /** One step of undo. */
    edit(make: (project: Project) => Project) {
      edit(make)
      rewrites.value++
    },
    showChapter(id: string) {
      chapterId.value = id
    },
    setText(chapter: string, paragraphs: readonly Paragraph[], tag?: string) {
      edit(old => change.setParagraphs(old, chapter, paragraphs), tag)
    },
    addChapter(title: string, after?: string) {
      const chapter = change.newChapter(title)
      edit(old => change.addChapter(old, chapter, after))
      chapterId.value = chapter.id
    },
    appendChapters(chapters: readonly Chapter[]) {
      edit(old => ({ ...old, chapters: [...old.chapters, ...chapters] }))
      chapterId.value = chapters[0]?.id ?? chapterId.value
    },
    renameChapter: (id: string, title: string) => edit(old => change.renameChapter(old, id, title), `chapter ${id}`),
    removeChapter(id: string) {
      const chapters = project.value?.chapters ?? []
      const at = chapters.findIndex(chapter => chapter.id === id)
      if (chapter.value?.id === id) chapterId.value = (chapters[at + 1] ?? chapters[at - 1])?.id
      edit(old => change.removeChapter(old, id))
    },
    moveChapter: (id: string, by: -1 | 1) => edit(old => change.moveChapter(old, id, by)),
    setSettings: (settings: Partial<ProjectSettings>) =>
      edit(old => change.setSettings(old, settings), `settings ${Object.keys(settings).join()}`),
    setParagraphVoice(paragraph: string, voice: VoiceBlend | undefined) {
      edit(old => change.setParagraphVoice(old, paragraph, voice))
      rewrites.value++
    },
    setLexicon: (lexicon: readonly LexiconEntry[]) => edit(old => change.setLexicon(old, lexicon)),
    setMetadata: (metadata: { title?: string; author?: string }) =>
      edit(old => change.setMetadata(old, metadata), `metadata ${Object.keys(metadata).join()}`),
    keepCursor(cursor: Cursor) {
      if (project.value) writeCursor(project.value.id, cursor)
    },
    restored() {
      restore.value = undefined
    },
  }
})
