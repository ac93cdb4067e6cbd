import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowReactive, shallowRef } from 'vue'
import {
  providerModelInfo,
  type LanguageModelHealth,
  type LanguageModelInfo,
  type LanguageProvider,
  type LanguageProviderDraft,
} from '#protocol/language.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import { useStudio } from '../studio.ts'
import { freeProviderId } from './provider-id.ts'

/** Language models: servers that the companion asks, what this browser has, and which one is used. */
export const useLanguageModels = defineStore('language-models', () => {
  const { companion, languages: shelf, languageService: service } = useStudio()
  const providers = shallowRef<readonly LanguageProvider[]>()
  const choices = shallowRef<readonly LanguageModelInfo[]>([])
  const failure = shallowRef<unknown>()
  const health = shallowReactive(new Map<string, LanguageModelHealth>())
  const chosen = ref(chosenModel.id)
  const hasCompanion = ref(companion.state === 'paired')

  onScopeDispose(chosenModel.watch(() => (chosen.value = chosenModel.id)))
  onScopeDispose(
    companion.watch(() => {
      const isThere = companion.state === 'paired'
      if (isThere === hasCompanion.value) return
      hasCompanion.value = isThere
      void refresh()
    }),
  )

  /** What there is; not how it is. */
  async function list(): Promise<void> {
    failure.value = undefined
    try {
      providers.value = hasCompanion.value ? await service.providers() : undefined
    } catch (error) {
      providers.value = undefined
      failure.value = error
    }
    await listChoices()
  }

  async function refresh(): Promise<void> {
    await list()
    await Promise.all((providers.value ?? []).map(({ id }) => look(id)))
  }

  async function listChoices(): Promise<void> {
    choices.value = await shelf.list()
  }

  /** Asks a server how it is. */
  async function look(id: string): Promise<LanguageModelHealth> {
    const why = (error: unknown) => (error instanceof Error ? error.message : String(error))
    const found = await service.health(id).catch((error: unknown) => ({ state: 'down' as const, why: why(error) }))
    health.set(id, found)
    return found
  }

  /**
   * Keeps a server; one that has models gets its first, unless another was chosen, and the first server's is used.
   * @throws SeamError
   */
  async function save(draft: LanguageProviderDraft, id = freeId(draft)): Promise<LanguageProvider> {
    let saved = await service.save(id, draft)
    const found = await look(id)
    const first = found.state === 'ready' ? found.models[0] : undefined
    if (saved.model === '' && first !== undefined) saved = await service.save(id, { ...draft, model: first })
    if (chosen.value === undefined && saved.model !== '') chosenModel.set(providerModelInfo(saved, saved.model).id)
    await list()
    return saved
  }

  const freeId = ({ preset }: LanguageProviderDraft) =>
    freeProviderId(
      preset,
      (providers.value ?? []).map(({ id }) => id),
    )

  /** @throws SeamError */
  async function remove(id: string): Promise<void> {
    await service.remove(id)
    health.delete(id)
    await list()
  }

  /** @throws SeamError */
  async function restore(id: string): Promise<void> {
    await service.restore(id)
    await list()
    await look(id)
  }

  return {
    providers: computed(() => providers.value),
    choices: computed(() => choices.value),
    failure: computed(() => failure.value),
    health,
    hasCompanion: computed(() => hasCompanion.value),
    chosen: computed(() => chosen.value),
    builtIn: shelf.builtIn,
    browser: shelf.browser,
    refresh,
    listChoices,
    save,
    remove,
    restore,
    choose: (id: string) => chosenModel.set(id === '' ? undefined : id),
    open: (id: string) => shelf.open(id),
  }
})
