import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { SavedPipeline } from '../../companion/plugin-types.ts'
import { useStudio } from '../studio.ts'

/** Pipelines that the companion keeps, a `.cr` file each. */
export const useSavedPipelines = defineStore('saved-pipelines', () => {
  const { plugins: service } = useStudio()
  const names = shallowRef<readonly string[]>()
  const failure = shallowRef<unknown>()

  async function refresh(): Promise<void> {
    try {
      names.value = await service.pipelines()
      failure.value = undefined
    } catch (error) {
      failure.value = error
    }
  }

  /** @throws SeamError */
  async function save(name: string, toml: string): Promise<SavedPipeline> {
    const saved = await service.savePipeline(name, { toml })
    await refresh()
    return saved
  }

  /** @returns the file's text, with which it can be brought back @throws SeamError */
  async function remove(name: string): Promise<string> {
    const { toml } = await service.openPipeline(name)
    await service.removePipeline(name)
    await refresh()
    return toml
  }

  return { names, failure, refresh, save, remove, open: (name: string) => service.openPipeline(name) }
})
