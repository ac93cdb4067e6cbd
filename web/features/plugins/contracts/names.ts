import { useI18n } from 'vue-i18n'
import { KNOWN_CONTRACTS, type MethodInfo } from '#protocol/contracts.ts'
import type { Field } from './schema.ts'

const isKnown = (contract: string) => KNOWN_CONTRACTS.some(each => each === contract)

/** What contracts are called in the user's language. Call in `setup`. */
export function useContractNames(): { contract(name: string): string } {
  const { t } = useI18n()
  return {
    // A contract that no room uses has no other name than its own.
    contract: name => (isKnown(name) ? t(`plugins.contracts.contract.${name}`) : name),
  }
}

/** A sentence, and the language that it is in. */
export interface Words {
  readonly text: string
  readonly lang: string
}

/** What methods of the known contracts and their parameters are for, in the user's language. Call in `setup`. */
export function useMethodWords(): {
  about(contract: string, method: MethodInfo): Words
  param(contract: string, method: MethodInfo, field: Field): Words
} {
  const { t, te, locale } = useI18n()
  const isOurs = (contract: string, { name }: MethodInfo) =>
    isKnown(contract) && te(`plugins.contracts.methods.${contract}.${name}`)
  return {
    // A method of the plugin's own has its maker's words, or none.
    about: (contract, method) =>
      isOurs(contract, method)
        ? { text: t(`plugins.contracts.methods.${contract}.${method.name}`), lang: locale.value }
        : { text: method.about, lang: 'en' },
    param: (contract, method, { name, about }) =>
      isOurs(contract, method) && te(`plugins.contracts.params.${name}`)
        ? { text: t(`plugins.contracts.params.${name}`), lang: locale.value }
        : { text: about, lang: 'en' },
  }
}
