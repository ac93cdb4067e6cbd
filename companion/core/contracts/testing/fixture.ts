import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '#dialogue/clock.ts'
import type { Clock } from '#dialogue/types.ts'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import type { Json } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { Instance } from '../slot/instance.ts'
import { openSlot } from '../slot/slot.ts'
import type { Launch, Slot, SlotOptions } from '../types.ts'
import { PRELUDE } from './prelude.ts'

export interface ContractFixtureOptions {
  readonly name?: string
  readonly contract?: string
  /** Keys of manifest.json that replace or join the usual ones. */
  readonly manifest?: Readonly<Record<string, Json>>
  /** The folder of plugins that it is put into; one of its own, gone after the test, when absent. */
  readonly parent?: string
}

export interface ContractFixture {
  readonly name: string
  readonly contract: string
  readonly folder: string
  /** As its host would start it, without a sandbox. */
  launch(settings?: Partial<Launch>): Launch
}

/**
 * A real plugin whose program is `code`: it may use `on`, `item`, `attach`, `audio`, `send`, `tell`, `fail`, `wait`,
 * `sleep` and `state` of prelude.ts.
 */
export function contractFixture(code: string, options: ContractFixtureOptions = {}): ContractFixture {
  const { name = 'fixture', contract = 'tts', manifest = {}, parent = scratch() } = options
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true })
  const told = { name, version: '1.0.0', contract, entry_point: 'main.mjs', ...manifest }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(told, null, 2))
  writeFileSync(join(folder, 'main.mjs'), `${PRELUDE}\n${code}\n`)
  return {
    name,
    contract,
    folder,
    launch: settings => ({
      command: {
        program: process.execPath,
        args: [join(folder, 'main.mjs')],
        folder,
        env: { PATH: process.env['PATH'] ?? '' },
      },
      config: {},
      dataFolder: folder,
      initializeTimeout: 30_000,
      callTimeout: 60_000,
      ...settings,
    }),
  }
}

/** What a slot for a fixture has besides; `launch` is asked at each start, or changes how it is started. */
export type FixtureSlot = Omit<Partial<SlotOptions>, 'launch'> & {
  readonly launch?: Partial<Launch> | SlotOptions['launch']
}

/** A slot for a fixture, closed after the test. */
export function openFixture(fixture: ContractFixture, { launch, ...options }: FixtureSlot = {}): Slot {
  const { name, contract } = fixture
  const slot = openSlot({
    name,
    contract,
    version: '1.0.0',
    methods: CONTRACT_METHODS[contract] ?? [],
    launch: typeof launch === 'function' ? launch : () => Promise.resolve(fixture.launch(launch)),
    ...options,
  })
  onTestFinished(() => slot.close())
  return slot
}

/** One process of a fixture, ended after the test. */
export async function startInstance(
  { name, contract, launch }: ContractFixture,
  clock: Clock = systemClock,
): Promise<Instance> {
  const instance = await Instance.start({ name, contract, launch: launch(), clock })
  onTestFinished(async () => {
    instance.end(new SeamError('cancelled', 'The test is over.'))
    await instance.gone
  })
  return instance
}

/** A folder for one test, gone after it. */
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-contracts-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
