import { onScopeDispose, shallowRef } from 'vue'
import { readContractId, readContractVoice, type ContractLight } from '#protocol/contracts.ts'
import { useStudio } from './studio.ts'

/** The companion's contract plugins for a component or a store, as they are now. */
export function useContracts() {
  const { contracts } = useStudio()
  const lights = shallowRef(contracts.lights)
  const troubles = shallowRef(contracts.troubles)
  onScopeDispose(
    contracts.watch(() => {
      lights.value = contracts.lights
      troubles.value = contracts.troubles
    }),
  )
  return {
    lights,
    troubles,
    dismiss: contracts.dismiss,
    /** How the plugin is to which a voice, a transcriber or a language model belongs, by its id. */
    lightOf(id: string): ContractLight | undefined {
      const name = (readContractVoice(id) ?? readContractId(id))?.name
      return lights.value.find(light => light.name === name)
    },
  }
}
