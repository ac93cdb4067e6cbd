import { toSeamError, type SeamError } from '#protocol/errors.ts'

/** `conflict` and `failed` keep the text in memory: nothing is dropped until somebody decides. */
export type SaveState = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'

/** What is kept: a change makes a new one. */
interface Kept {
  readonly revision: number
}

export interface Autosave<Value extends Kept> {
  readonly state: SaveState
  /** Why `failed` failed. */
  readonly error: SeamError | undefined
  /** The revision that the next save is made from. */
  readonly revision: number
  /** The value to keep; written a little later, or at once with `flush`. */
  change(value: Value): void
  /** Writes what is dirty. Never throws: look at `state`. */
  flush(): Promise<void>
  /** Another tab's value was taken over: what is in memory is what is stored. */
  adopt(value: Value): void
  /** Writes what is dirty, then listens no more. */
  close(): Promise<void>
}

/**
 * Saves after `quiet` milliseconds without a change, and at least every `longest` while changes go on. One save at a
 * time; each is made from the revision that the last one returned, so that two tabs can't overwrite each other.
 */
export function createAutosave<Value extends Kept>(
  store: { save(value: Value, expectedRevision: number): Promise<Value> },
  stored: Value,
  {
    quiet = 700,
    longest = 5000,
    onState = () => undefined,
  }: { quiet?: number; longest?: number; onState?: (state: SaveState) => void } = {},
): Autosave<Value> {
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
        const kept = await store.save(attempt, revision)
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
    change(value) {
      if (value === latest) return
      latest = value
      if (state === 'conflict') return
      dirtySince ??= performance.now()
      if (state !== 'saving') become('dirty')
      clearTimeout(timer)
      const left = longest - (performance.now() - dirtySince)
      timer = setTimeout(() => void flush(), Math.max(0, Math.min(quiet, left)))
    },
    flush,
    adopt(value) {
      clearTimeout(timer)
      revision = value.revision
      latest = value
      written = value
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
