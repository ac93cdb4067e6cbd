import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openTestContracts } from '../testing/contracts.ts'
import { contractFixture, type ContractFixtureOptions } from './testing/fixture.ts'

/** A host of one plugin, both gone after the test. */
function place(code: string, more: ContractFixtureOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-info-'))
  contractFixture(code, { name: 'parrot', parent: join(folder, 'plugins'), ...more })
  const host = openTestContracts(folder)
  onTestFinished(async () => {
    await host.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return host
}

it('tells whether a plugin can hand over what it holds in mind, once it was started', async () => {
  const host = place('')
  expect(host.get('parrot')).not.toHaveProperty('keepsState')
  await host.slot('parrot').load()
  expect(host.get('parrot').keepsState).toBe(true)
  await host.slot('parrot').unload()
  expect(host.get('parrot').keepsState).toBe(true)
})

it('a plugin that keeps no state has none to be asked for', async () => {
  const host = place(`on('initialize', () => ({ revision: 1, features: [], methods: [] }))`)
  await host.slot('parrot').load()
  // Its voices may be asked for at this moment.
  expect(['READY', 'BUSY']).toContain(host.get('parrot').status)
  expect(host.get('parrot')).not.toHaveProperty('keepsState')
})
