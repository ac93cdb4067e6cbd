import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { HealthSample } from '#protocol/contracts.ts'
import { openTestContracts } from '../testing/contracts.ts'
import { lightOf, type PluginFacts } from './plugin-info.ts'
import { contractFixture, type ContractFixtureOptions } from './testing/fixture.ts'
import type { SlotState } from './types.ts'

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

describe('the ailment of a plugin', () => {
  const sample = (about: Partial<HealthSample> = {}): HealthSample => ({
    at: '2026-01-01T00:00:00Z',
    status: 'ERROR',
    answered: true,
    message: 'The server is away.',
    took: 1,
    ...about,
  })
  /** What is told of one whose process is `status` and which said `health`. */
  function ailment(status: SlotState['status'], ...health: readonly HealthSample[]) {
    const state = { status, health, quarantined: false } as unknown as SlotState
    return lightOf({ found: { name: 'parrot' }, state, offers: {} } as PluginFacts).ailment
  }
  const FAILED = { message: 'The server is away.' }

  it.each([
    ['none before it was asked', 'READY', [], undefined],
    ['none while it is well', 'READY', [sample({ status: 'READY' })], undefined],
    ['none where it says that it is at work', 'READY', [sample({ status: 'BUSY' })], undefined],
    ['its word, though its process is ready', 'READY', [sample()], FAILED],
    ['the same during a call', 'BUSY', [sample()], FAILED],
    ['none of a question that it missed', 'READY', [sample({ answered: false })], undefined],
    ['the last word alone: it is well again', 'READY', [sample(), sample({ status: 'READY' })], undefined],
    ['the last word alone: it fell ill', 'READY', [sample({ status: 'READY' }), sample()], FAILED],
    ['none of a process that starts', 'INITIALIZING', [sample()], undefined],
    ['none of one that broke: its status says so', 'ERROR', [sample()], undefined],
    ['none of one that was unloaded', 'UNLOADED', [sample()], undefined],
    ['none of one that ends', 'SHUTTING_DOWN', [sample()], undefined],
    ['none of one that ended', 'STOPPED', [sample()], undefined],
  ] as const)('is %s', (_, status, health, expected) => {
    expect(ailment(status, ...health)).toEqual(expected)
  })

  it.each(['server', 'config', 'model'] as const)('names what it waits for: %s', need => {
    expect(ailment('READY', sample({ details: { need, base: 'http://x' } }))).toEqual({ ...FAILED, need })
  })

  it.each([[{ need: 'luck' }], [{ need: 7 }], ['server'], [null]])('has no need of other words: %j', details => {
    expect(ailment('READY', sample({ details }))).toEqual(FAILED)
  })

  it('is told of in the list, the lights and one by one, and its process stays ready', async () => {
    const host = place(
      `on('health_check', () => ({ status: 'ERROR', message: 'No server.', details: { need: 'server' } }))`,
    )
    await host.slot('parrot').load()
    const ailing = { status: expect.stringMatching(/READY|BUSY/), ailment: { need: 'server', message: 'No server.' } }
    await vi.waitFor(() => expect(host.get('parrot')).toMatchObject(ailing), { timeout: 30_000, interval: 20 })
    expect([host.list()[0], host.lights()[0]]).toMatchObject([ailing, ailing])
    await host.slot('parrot').unload()
    expect(host.lights()[0]).toMatchObject({ status: 'UNLOADED' })
    expect(host.lights()[0]).not.toHaveProperty('ailment')
  })
})
