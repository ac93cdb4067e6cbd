import { defineStore } from 'pinia'
import { shallowRef, type ShallowRef } from 'vue'
import type { SeamError } from '#protocol/errors.ts'
import type { Transcript } from '../../storage/transcripts-types.ts'
import { createAutosave, type Autosave, type SaveState } from '../../ui/autosave.ts'
import { createHistory, type History } from '../../ui/history.ts'
import { useKept } from './kept.ts'

/** A transcript in this tab: whoever shows it and whoever listens to its sound share it. */
export interface Session {
  readonly id: string
  readonly transcript: ShallowRef<Transcript>
  readonly saving: ShallowRef<{ readonly state: SaveState; readonly error: SeamError | undefined }>
  readonly steps: ShallowRef<{ readonly canUndo: boolean; readonly canRedo: boolean }>
  /** What a person changed: one step of undo, together with others of the same `tag` that follow at once. */
  change(next: Transcript, tag?: string): void
  /** What was heard, or what belongs to no step: undo begins anew behind it. */
  add(next: Transcript): void
  undo(): boolean
  redo(): boolean
  flush(): Promise<void>
  /** Another tab's text takes this one's place; this one's is one undo away. */
  takeTheirs(): Promise<void>
  /** This tab's text is stored over the other's, which is one undo away. */
  keepMine(): Promise<void>
}

interface Held {
  readonly session: Promise<Session & { close(): Promise<void> }>
  holders: number
}

/** The transcripts that are open or worked on, each once. */
export const useDesk = defineStore('transcribe/desk', () => {
  const kept = useKept()
  const held = new Map<string, Held>()

  async function open(id: string): Promise<Session & { close(): Promise<void> }> {
    const store = await kept()
    const stored = await store.open(id)
    const transcript = shallowRef(stored)
    const saving = shallowRef<{ state: SaveState; error: SeamError | undefined }>({ state: 'saved', error: undefined })
    const steps = shallowRef({ canUndo: false, canRedo: false })
    let history: History<Transcript> = createHistory(stored)
    const autosave: Autosave<Transcript> = createAutosave(store, stored, {
      onState: state => (saving.value = { state, error: autosave?.error }),
    })

    const show = (next: Transcript) => {
      transcript.value = next
      steps.value = { canUndo: history.canUndo, canRedo: history.canRedo }
    }
    const step = (to: Transcript | undefined) => {
      if (!to) return false
      autosave.change(to)
      show(to)
      return true
    }
    const takeTheirs = async () => {
      const theirs = await store.open(id)
      history.push(theirs)
      autosave.adopt(theirs)
      show(theirs)
    }
    const unwatch = store.watch(other => {
      if (other.id !== id || other.removed || (other.revision ?? 0) <= autosave.revision) return
      // Nothing unsaved here: the other tab's text is simply newer. Otherwise the next save finds the conflict.
      if (autosave.state === 'saved') void takeTheirs().catch(() => undefined)
    })

    return {
      id,
      transcript,
      saving,
      steps,
      change(next, tag) {
        if (next === transcript.value) return
        history.push(next, tag)
        autosave.change(next)
        show(next)
      },
      add(next) {
        if (next === transcript.value) return
        history = createHistory(next)
        autosave.change(next)
        show(next)
      },
      undo: () => step(history.undo()),
      redo: () => step(history.redo()),
      flush: () => autosave.flush(),
      takeTheirs,
      async keepMine() {
        const mine = transcript.value
        const theirs = await store.open(id)
        history.push(theirs)
        history.push({ ...mine })
        autosave.adopt(theirs)
        autosave.change(history.present)
        show(history.present)
        await autosave.flush()
      },
      async close() {
        unwatch()
        await autosave.close()
      },
    }
  }

  return {
    /** Opens a transcript, or shares it with those who have it. Give it back with `release`. @throws SeamError not-found */
    async acquire(id: string): Promise<Session> {
      let entry = held.get(id)
      if (!entry) held.set(id, (entry = { session: open(id), holders: 0 }))
      entry.holders++
      try {
        return await entry.session
      } catch (error) {
        if (held.get(id) === entry) held.delete(id)
        throw error
      }
    },
    /** Writes what is dirty when the last holder goes. */
    async release(id: string): Promise<void> {
      const entry = held.get(id)
      if (!entry) return
      entry.holders--
      const session = await entry.session
      await session.flush()
      if (entry.holders > 0 || held.get(id) !== entry) return
      held.delete(id)
      await session.close()
    },
  }
})
