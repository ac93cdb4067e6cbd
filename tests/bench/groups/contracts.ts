import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigStore } from '../../../companion/core/contracts/config-store.ts'
import { readContract } from '../../../companion/core/contracts/discovery.ts'
import { Environments } from '../../../companion/core/contracts/environments.ts'
import { launchOf } from '../../../companion/core/contracts/launch.ts'
import { openSlot } from '../../../companion/core/contracts/slot/slot.ts'
import type { Slot, SupervisionRules } from '../../../companion/core/contracts/types.ts'
import { modelsFolder, root } from '../../support/models.ts'
import { ensurePrograms } from '../../support/tools.ts'
import { callOverhead } from '../contracts/overhead.ts'
import { soundBack } from '../contracts/sound-back.ts'
import { deaths, swaps } from '../contracts/upheaval.ts'
import type { Row } from '../rows.ts'

/** A plugin of the bench, under the rules of the product but for those that are given. */
function open(name: string, rules: Partial<SupervisionRules> = {}): Slot {
  const found = readContract(join(root, 'tests/bench/plugins', name))
  const state = mkdtempSync(join(tmpdir(), 'voxloom-bench-'))
  const place = {
    environments: new Environments({ folder: join(state, 'environments') }),
    config: new ConfigStore(state),
    models: modelsFolder,
    dataFolder: state,
  }
  return openSlot({
    name,
    contract: 'echo',
    version: '1.0.0',
    methods: [],
    rules,
    launch: signal => launchOf(found, place, signal),
  })
}

/** Contract plugins: what a call costs, how fast sound comes back, and that nothing is lost while plugins come and go. */
export async function contracts({ quick }: { quick: boolean }): Promise<Row[]> {
  ensurePrograms({ python3: 'python3' })
  const echo = (rules?: Partial<SupervisionRules>) => open('contract-echo', rules)
  const python = () => open('contract-echo-python')
  return [
    ...(await callOverhead(echo, python, quick ? 500 : 5000)),
    ...(await soundBack(echo, python, quick ? 5 : 30)),
    ...(await swaps(echo, quick ? 50 : 500)),
    ...(await deaths(echo, quick ? 10 : 100)),
  ]
}
