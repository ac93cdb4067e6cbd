import type { ContractLight } from '#protocol/contracts.ts'
import type { ContractTrouble, StudioContracts } from './contract-types.ts'

/** Contract plugins of a companion that a test speaks for; none to begin with. */
export function scriptedContracts(first: readonly ContractLight[] = []) {
  const listeners = new Set<() => void>()
  let lights = first
  let troubles: readonly ContractTrouble[] = []
  const tell = () => listeners.forEach(listener => listener())
  const contracts: StudioContracts = {
    get lights() {
      return lights
    },
    get troubles() {
      return troubles
    },
    dismiss(trouble) {
      troubles = troubles.filter(each => each !== trouble)
      tell()
    },
    isUp: name => lights.some(light => light.name === name && light.status === 'READY'),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    contracts,
    show(next: readonly ContractLight[]): void {
      lights = next
      tell()
    },
    fail(trouble: ContractTrouble): void {
      troubles = [...troubles, trouble]
      tell()
    },
  }
}

/** A plugin that is ready. */
export const light = (
  name: string,
  contract: 'tts' | 'stt' | 'llm',
  more: Partial<ContractLight> = {},
): ContractLight => ({
  name,
  displayName: name,
  contract,
  version: '1',
  status: 'READY',
  quarantined: false,
  offers: {},
  ...more,
})
