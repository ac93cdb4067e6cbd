import { computed, onScopeDispose, ref, shallowRef, type ComputedRef } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import { copyOfPersona, newPersona } from '#dialogue/personas/defaults.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { PersonaStore, PersonaSummary } from '../../../storage/types.ts'
import type { SaveState } from '../../../ui/autosave.ts'
import { writeCardFile, type CardFormat } from './card-files.ts'
import { usePersonaDraft, type PersonaChange } from './draft.ts'
import { importFiles, type ImportReport } from './import-files.ts'
import { removePersona, type RemovedPersona } from './trash.ts'

/** The personas of this browser, and the one that is being edited. */
export interface PersonaDesk {
  readonly own: ComputedRef<readonly PersonaSummary[]>
  readonly loaded: ComputedRef<boolean>
  /** Why the list could not be read. */
  readonly failure: ComputedRef<SeamError | undefined>
  /** The open persona as it is shown, saved or not. */
  readonly draft: ComputedRef<Persona | undefined>
  readonly saveState: ComputedRef<SaveState>
  /** Why the last save failed. */
  readonly saveFailure: ComputedRef<SeamError | undefined>
  refresh(): Promise<void>
  /** What is open is saved first. @throws SeamError not-found */
  open(id: string): Promise<void>
  /** @throws SeamError when what was typed could not be saved: it stays open */
  close(): Promise<void>
  /** Gives up what could not be saved. */
  discard(): void
  /** Shown at once, saved a little later. Included personas don't change. */
  change(part: PersonaChange): void
  flush(): Promise<void>
  create(name: string): Promise<void>
  duplicate(id: string, name: string): Promise<void>
  /** @returns what brings it back */
  remove(id: string): Promise<RemovedPersona>
  bringIn(files: readonly File[]): Promise<ImportReport>
  exported(id: string, format: CardFormat): Promise<{ file: Blob; name: string; leftOut: number }>
  /** Another tab saved the same persona: its text is shown, or what is here becomes a persona of its own. */
  takeTheirs(): Promise<void>
  keepMine(name: string): Promise<void>
}

/** Call in `setup`: it ends with its scope, and saves what is left. */
export function usePersonaDesk(store: PersonaStore): PersonaDesk {
  const own = shallowRef<readonly PersonaSummary[]>([])
  const loaded = ref(false)
  const failure = shallowRef<SeamError>()
  const draft = usePersonaDraft(store, () => void refresh())

  async function refresh() {
    try {
      own.value = await store.list()
      failure.value = undefined
    } catch (error) {
      failure.value = toSeamError(error)
    }
    loaded.value = true
  }

  const includedOf = (id: string) => INCLUDED_PERSONAS.find(persona => persona.id === id)

  async function open(id: string) {
    const included = includedOf(id)
    const stored = included ? undefined : await store.open(id)
    await draft.close()
    if (stored) draft.show(stored)
    else if (included) draft.showFixed(included)
  }

  async function add(persona: Persona, files: PersonaFiles) {
    const stored = await store.create(persona, files)
    await draft.close()
    draft.show(stored)
    await refresh()
  }

  /** As it is on the disk, with what lies beside it. */
  async function whole(id: string): Promise<[Persona, PersonaFiles]> {
    await draft.flush()
    return Promise.all([includedOf(id) ?? store.open(id), store.files(id)])
  }

  async function changedElsewhere({ id, removed }: { id: string; removed?: boolean }) {
    await refresh()
    if (id !== draft.persona.value?.id || draft.state.value !== 'saved') return
    if (removed) draft.discard()
    else draft.adopt(await store.open(id))
  }
  // What could not be read now is read when it is opened.
  onScopeDispose(store.watch(change => void changedElsewhere(change).catch(() => undefined)))

  return {
    own: computed(() => own.value),
    loaded: computed(() => loaded.value),
    failure: computed(() => failure.value),
    draft: draft.persona,
    saveState: draft.state,
    saveFailure: draft.failure,
    refresh,
    open,
    close: draft.close,
    discard: draft.discard,
    change: draft.change,
    flush: draft.flush,
    create: name => add(newPersona(name), { assets: {} }),
    async duplicate(id, name) {
      const [persona, files] = await whole(id)
      await add(copyOfPersona(persona, name), files)
    },
    async remove(id) {
      // What was typed last comes back with it.
      if (draft.persona.value?.id === id) await draft.flush()
      const { name, bringBack } = await removePersona(store, id)
      if (draft.persona.value?.id === id) draft.discard()
      await refresh()
      return {
        name,
        async bringBack() {
          await bringBack()
          await refresh()
        },
      }
    },
    async bringIn(files) {
      const report = await importFiles(store, files)
      await refresh()
      const [first, ...others] = report.created
      if (first && others.length === 0) await open(first.id)
      return report
    },
    async exported(id, format) {
      const [persona, files] = await whole(id)
      const assets = Object.keys(files.assets).length
      const file = await writeCardFile(persona, files, format)
      return { file, name: persona.name, leftOut: format === 'charx' ? 0 : assets }
    },
    async takeTheirs() {
      const id = draft.persona.value?.id
      if (id !== undefined) draft.adopt(await store.open(id))
    },
    async keepMine(name) {
      const mine = draft.persona.value
      if (!mine) return
      const stored = await store.create(copyOfPersona(mine, name), await store.files(mine.id))
      draft.discard()
      draft.show(stored)
      await refresh()
    },
  }
}
