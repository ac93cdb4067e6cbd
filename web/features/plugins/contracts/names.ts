import { useI18n } from 'vue-i18n'
import { KNOWN_CONTRACTS } from '#protocol/contracts.ts'

const isKnown = (contract: string) => KNOWN_CONTRACTS.some(each => each === contract)

/** What contracts are called in the user's language. Call in `setup`. */
export function useContractNames(): { contract(name: string): string } {
  const { t } = useI18n()
  return {
    // A contract that no room uses has no other name than its own.
    contract: name => (isKnown(name) ? t(`plugins.contracts.contract.${name}`) : name),
  }
}
