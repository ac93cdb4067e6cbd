import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Project } from '#protocol/projects.ts'
import type { ProjectStore } from '../../storage/types.ts'

/** `conflict` and `failed` keep the text in memory: nothing is dropped until somebody decides. */
export type SaveState = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'

export interface Autosave {
  readonly state: SaveState
  /** Why `failed` failed. */
  readonly error: SeamError | undefined
  /** The revision that the next save is made from. */
  readonly revision: number
  /** The project to keep; written a little later, or at once with `flush`. */
  change(project: Project): void
  /** Writes what is dirty. Never throws: look at `state`. */
  flush(): Promise<void>
  /** Another tab's project was taken over: what is in memory is what is stored. */
  adopt(project: Project): void
  /** Writes what is dirty, then listens no more. */
  close(): Promise<void>
}

/**
 * Saves after `quiet` milliseconds without a change, and at least every `longest` while changes go on. One save at a
 * time; each is made from the revision that the last one returned, so that two tabs can't overwrite each other.
 */
export function createAutosave(
  store: Pick<ProjectStore, 'save'>,
  stored: Project,
  {
    quiet = 700,
    longest = 5000,
    onState = () => undefined,
  }: { quiet?: number; longest?: number; onState?: (state: SaveState) => void } = {},
): Autosave {
  let revision = stored.revision
  let latest = stored
  let written = stored
  let state: SaveState = 'saved'
  let error: SeamError | undefined
  let dirtySince: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let saving: Promise<void> | undefined

  const become = (next: SaveState) => {
    state = next
    onState(next)
  }

  const save = async () => {
    while (written !== latest && state !== 'conflict') {
      const attempt = latest
      become('saving')
      try {
        const kept = await store.save({ ...attempt, updatedAt: new Date().toISOString() }, revision)
        revision = kept.revision
        written = attempt
        error = undefined
        dirtySince = undefined
        become(written === latest ? 'saved' : 'dirty')
      } catch (cause) {
        error = toSeamError(cause)
        become(error.code === 'conflict' ? 'conflict' : 'failed')
        return
      }
    }
  }

  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    while (written !== latest) {
      saving ??= save().finally(() => (saving = undefined))
      await saving
      if (state === 'failed' || state === 'conflict') return
    }
    await saving
  }

  return {
    get state() {
      return state
    },
    get error() {
      return error
    },
    get revision() {
      return revision
    },
    change(project) {
      if (project === latest) return
      latest = project
      if (state === 'conflict') return
      dirtySince ??= performance.now()
      if (state !== 'saving') become('dirty')
      clearTimeout(timer)
      const left = longest - (performance.now() - dirtySince)
      timer = setTimeout(() => void flush(), Math.max(0, Math.min(quiet, left)))
    },
    flush,
    adopt(project) {
      clearTimeout(timer)
      revision = project.revision
      latest = project
      written = project
      error = undefined
      dirtySince = undefined
      become('saved')
    },
    async close() {
      await flush()
      clearTimeout(timer)
    },
  }
}
