import type { ContractInfo } from '#protocol/contracts.ts'

/** A contract plugin for tests, plain but for what is given. */
export function contractInfo(name: string, about: Partial<ContractInfo> = {}): ContractInfo {
  return {
    name,
    displayName: name,
    contract: 'tts',
    version: '1.0.0',
    status: 'READY',
    quarantined: false,
    offers: {},
    folder: `/plugins/${name}`,
    notes: [],
    description: '',
    author: '',
    license: '',
    homepage: '',
    trust: 'local',
    sandbox: 'none',
    language: 'node',
    requirements: [],
    methods: [],
    health: [],
    restarts: 0,
    faults: 0,
    ...about,
  }
}
