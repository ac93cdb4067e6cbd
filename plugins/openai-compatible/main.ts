import { ContractError, defineContract, languageMethods, serveContract } from '../sdk/typescript/contracts.ts'
import { ContractServer } from '../../companion/core/language/contract-server.ts'

const server = new ContractServer((code, message) => new ContractError(code, message))

export const plugin = defineContract({
  contract: 'llm',
  initialize({ base, key = '', model = '' }) {
    const address = String(base)
    server.open({
      preset: isOpenAi(address) ? 'openai' : 'other',
      name: hostOf(address),
      base: address,
      key: String(key),
      model: String(model),
    })
  },
  methods: languageMethods(server),
  health: () => server.health(),
})

/** Its newer models know the longest reply by another name than everybody else's. */
const isOpenAi = (address: string) => /^(?:https:\/\/)?api\.openai\.com(?:\/|$)/i.test(address.trim())

const hostOf = (address: string) => (URL.canParse(address) ? new URL(address).host : '') || address

if (import.meta.main) serveContract(plugin)
