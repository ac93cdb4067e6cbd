import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { ContractHost } from '../core/contracts/host.ts'
import {
  contractFixture,
  type ContractFixture,
  type ContractFixtureOptions,
} from '../core/contracts/testing/fixture.ts'
import { openListeners } from '../core/listening/open.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { openTestContracts } from '../core/testing/contracts.ts'
import { wavHeader } from '../core/wav.ts'
import { openFixture, type Fixture } from './fixture.ts'

export interface ContractsFixture extends Fixture {
  readonly contractHost: ContractHost
  /** A plugin that is dropped into the folder: its name and its program. */
  drop(name: string, code: string, options?: ContractFixtureOptions): ContractFixture
}

/** The daemon of fixture.ts with contract plugins, and without weights: what speaks and hears here is a plugin. */
export async function openContractsFixture(): Promise<ContractsFixture> {
  const nowhere = join(tmpdir(), 'voxloom-no-weights')
  let contractHost!: ContractHost
  const fixture = await openFixture({
    contracts: folder => (contractHost = openTestContracts(folder)),
    speakers: openSpeakers(nowhere),
    listeners: openListeners(nowhere),
  })
  const parent = join(fixture.folder, 'plugins')
  const drop: ContractsFixture['drop'] = (name, code, options) => contractFixture(code, { name, parent, ...options })
  return { ...fixture, contractHost, drop }
}

/** However slow the machine is. */
export const eventually = <T>(holds: () => T) => vi.waitFor(holds, { timeout: 30_000, interval: 20 })

const head = (rate: number) => Buffer.from(wavHeader(rate)).toString('base64')

/** What plugins make sound of: a tone as PCM, and a WAV file that does not say how long it is. */
export const SOUND = `
  const tone = (seconds, rate) =>
    Buffer.from(Int16Array.from({ length: seconds * rate }, (_, n) => 16000 * Math.sin(n * 0.1)).buffer)
  const heads = { 16000: '${head(16_000)}', 48000: '${head(48_000)}' }
  const wav = (seconds, rate) =>
    audio(Buffer.concat([Buffer.from(heads[rate], 'base64'), tone(seconds, rate)]), 'audio/wav')
  const pcm = rate => 'audio/pcm;rate=' + rate + ';channels=1;format=s16le'`
