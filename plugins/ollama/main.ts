import { ContractError, defineContract, languageMethods, serveContract } from '../sdk/typescript/contracts.ts'
import { ContractServer } from '../../companion/core/language/contract-server.ts'

const server = new ContractServer((code, message) => new ContractError(code, message))

export const plugin = defineContract({
  contract: 'llm',
  initialize({ base, model = '' }) {
    server.open({ preset: 'ollama', name: 'Ollama', base: String(base), model: String(model) })
  },
  methods: languageMethods(server),
  health: () => server.health(),
})

if (import.meta.main) serveContract(plugin)
