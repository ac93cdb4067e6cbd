import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Transcript } from '../../storage/transcripts-types.ts'
import type { Place } from '../../ui/text/places.ts'
import * as change from './document.ts'
import { replaceAll } from './find.ts'
import { useKept } from './kept.ts'
import { useDesk, type Session } from './store-desk.ts'
import type { Stretch } from './words.ts'

/** The transcript that the room shows: its text, its undo, and its way to the store. */
export const useTranscript = defineStore('transcribe/open', () => {
  const desk = useDesk()
  const kept = useKept()
  const session = shallowRef<Session>()
  /** Raised when text came from elsewhere than the editor: undo, another tab, a replacement. The caret then follows it. */
  const rewrites = ref(0)
  /** What `open` was last asked for: an answer that comes late is dropped. */
  let wanted: string | undefined

  /** @throws SeamError not-found */
  async function open(id: string): Promise<void> {
    if (session.value?.id === id) return
    wanted = id
    await close(id)
    const opened = await desk.acquire(id)
    if (wanted !== id) return desk.release(id)
    session.value = opened
    void (await kept()).note(id, { openedAt: new Date().toISOString() }).catch(() => undefined)
  }

  /** Writes what is dirty. @param next what will be opened instead */
  async function close(next?: string): Promise<void> {
    wanted = next
    const now = session.value
    session.value = undefined
    if (now) await desk.release(now.id)
  }

  const edit = (make: (transcript: Transcript) => Transcript, tag?: string) => {
    const now = session.value
    if (now) now.change(make(now.transcript.value), tag)
  }
  const rewrite = (make: (transcript: Transcript) => Transcript) => {
    edit(make)
    rewrites.value++
  }
  const step = (taken: boolean | undefined) => {
    if (taken) rewrites.value++
  }

  return {
    transcript: computed(() => session.value?.transcript.value),
    saveState: computed(() => session.value?.saving.value.state ?? 'saved'),
    saveError: computed(() => session.value?.saving.value.error),
    canUndo: computed(() => session.value?.steps.value.canUndo ?? false),
    canRedo: computed(() => session.value?.steps.value.canRedo ?? false),
    rewrites: computed(() => rewrites.value),

    open,
    close,
    flush: async () => session.value?.flush(),
    undo: () => step(session.value?.undo()),
    redo: () => step(session.value?.redo()),
    takeTheirs: async () => session.value?.takeTheirs(),
    keepMine: async () => session.value?.keepMine(),

    setTitle: (title: string) => edit(old => ({ ...old, title }), 'title'),
    setBlocks: (blocks: readonly change.Block[], tag?: string) => edit(old => change.setBlocks(old, blocks), tag),
    setSpeaker: (paragraph: string, speaker: string | undefined) =>
      edit(old => change.setSpeaker(old, paragraph, speaker)),
    setNewSpeaker: (paragraph: string, name: string) => edit(old => change.setNewSpeaker(old, paragraph, name)),
    renameSpeaker: (id: string, name: string) => edit(old => change.renameSpeaker(old, id, name)),
    confirmWord: ({ paragraph, offset }: Place) => edit(old => change.confirmWord(old, paragraph, offset)),
    replace: (stretches: readonly Stretch[], by: string) => rewrite(old => replaceAll(old, stretches, by)),
  }
})
