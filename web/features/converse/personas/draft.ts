import { computed, onScopeDispose, ref, shallowRef, type ComputedRef } from 'vue'
import { SeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import type { PersonaStore, StoredPersona } from '../../../storage/types.ts'
import { createAutosave, type Autosave, type SaveState } from '../../../ui/autosave.ts'

/** Fields of a persona to change; undefined takes one away. */
export type PersonaChange = { readonly [Field in keyof Persona]?: Persona[Field] | undefined }

/** The persona that is open, as it is typed; saved a little later. */
export interface PersonaDraft {
  readonly persona: ComputedRef<Persona | undefined>
  readonly state: ComputedRef<SaveState>
  /** Why the last save failed. */
  readonly failure: ComputedRef<SeamError | undefined>
  show(stored: StoredPersona): void
  /** One that does not change. */
  showFixed(persona: Persona): void
  change(part: PersonaChange): void
  flush(): Promise<void>
  /** Takes over what is stored. */
  adopt(stored: StoredPersona): void
  /** @throws SeamError when what was typed could not be saved: it stays open, since it is nowhere else */
  close(): Promise<void>
  /** Closes without saving. */
  discard(): void
}

/** Call in `setup`: it ends with its scope, and saves what is left. @param saved called after each save */
export function usePersonaDraft(store: Pick<PersonaStore, 'save'>, saved: () => void): PersonaDraft {
  const persona = shallowRef<Persona>()
  const state = ref<SaveState>('saved')
  const error = shallowRef<SeamError>()
  let autosave: Autosave<StoredPersona> | undefined

  function show(stored: StoredPersona) {
    const mine = createAutosave(store, stored, {
      onState(next) {
        if (autosave !== mine) return
        state.value = next
        error.value = mine.error
        if (next === 'saved') saved()
      },
    })
    autosave = mine
    state.value = 'saved'
    persona.value = stored
  }

  function leave() {
    autosave = undefined
    persona.value = undefined
    state.value = 'saved'
    error.value = undefined
  }

  // A tab in the background may be ended without a word.
  const onHidden = () => void autosave?.flush()
  document.addEventListener('visibilitychange', onHidden)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', onHidden)
    void autosave?.close()
  })

  return {
    persona: computed(() => persona.value),
    state: computed(() => state.value),
    failure: computed(() => error.value),
    show,
    showFixed(fixed) {
      leave()
      persona.value = fixed
    },
    change(part) {
      if (!persona.value || !autosave) return
      const fields = Object.entries({ ...persona.value, ...part }).filter(([, value]) => value !== undefined)
      // What is open to change came from the store.
      const next = Object.fromEntries(fields) as unknown as StoredPersona
      persona.value = next
      autosave.change(next)
    },
    flush: async () => autosave?.flush(),
    adopt(stored) {
      autosave?.adopt(stored)
      persona.value = stored
    },
    async close() {
      await autosave?.close()
      if (state.value !== 'saved') throw error.value ?? unsaved()
      leave()
    },
    discard() {
      const left = autosave
      const stored = persona.value as StoredPersona | undefined
      leave()
      // Taken as saved, so that nothing of it is written later.
      if (stored) left?.adopt(stored)
    },
  }
}

function unsaved(): SeamError {
  return new SeamError('conflict', 'What you typed is not saved yet. Decide what becomes of it first.')
}
