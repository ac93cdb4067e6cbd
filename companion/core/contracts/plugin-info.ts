import { z } from 'zod'
import {
  AILMENT_NEEDS,
  type Ailment,
  type ContractInfo,
  type ContractLight,
  type ContractNeed,
  type ContractOffers,
} from '#protocol/contracts.ts'
import { errorData } from '#protocol/errors.ts'
import { sandboxOf } from '../sandbox/confine.ts'
import type { FoundContract } from './discovery.ts'
import type { ContractManifest } from './manifest.ts'
import { describeMethods } from './methods.ts'
import { groupMemory } from './residency.ts'
import type { OfferedMethod, SlotState } from './types.ts'

/** All that is known of a plugin at a moment. */
export interface PluginFacts {
  readonly found: FoundContract
  /** The last one that could be read. */
  readonly manifest: ContractManifest | undefined
  readonly need: ContractNeed | undefined
  /** Undefined while it could never be used. */
  readonly state: SlotState | undefined
  readonly offers: ContractOffers
  /** As it said when it was started last. */
  readonly methods: readonly OfferedMethod[] | undefined
  /** On the clock of the state. */
  readonly now: number
}

/** The one part of a health's details that is the host's business, too: docs/contract-plugins.md, 9. */
const detailsOfHealth = z.object({ need: z.enum(AILMENT_NEEDS) })

/** What keeps a plugin that runs from working, by its own last word; also while a call finds that out. */
function ailmentOf({ status, health }: SlotState): Ailment | undefined {
  const last = health.at(-1)
  const isUp = status === 'READY' || status === 'BUSY'
  // One that missed a question is the slot's to judge.
  if (!isUp || !last?.answered || last.status !== 'ERROR') return undefined
  const need = detailsOfHealth.safeParse(last.details).data?.need
  return { ...(need && { need }), message: last.message }
}

/** A plugin as rooms see it. */
export function lightOf({ found, manifest, need, state, offers }: PluginFacts): ContractLight {
  const ailment = state && ailmentOf(state)
  return {
    name: found.name,
    displayName: manifest?.displayName ?? found.name,
    contract: manifest?.contract ?? '',
    version: manifest?.version ?? '',
    status: state?.status ?? 'UNLOADED',
    ...(ailment && { ailment }),
    ...(need && { need }),
    quarantined: state?.quarantined ?? false,
    offers,
  }
}

/** A plugin as listings, the API and the page show it. */
export function infoOf(facts: PluginFacts): ContractInfo {
  const { found, manifest, state, methods, now } = facts
  const { failure, pid, lastUsed } = state ?? {}
  const offered = state && state.methods.length > 0 ? state.methods : methods
  return {
    ...lightOf(facts),
    folder: found.folder,
    ...(found.problem !== undefined && { problem: found.problem }),
    notes: found.notes,
    description: manifest?.description ?? '',
    author: manifest?.author ?? '',
    license: manifest?.license ?? '',
    homepage: manifest?.homepage ?? '',
    trust: found.trust,
    sandbox: sandboxOf(found.confinement),
    language: found.language,
    requirements: found.requirements,
    methods: manifest ? describeMethods(manifest.contract, offered) : [],
    ...(manifest?.configSchema && { configSchema: manifest.configSchema }),
    ...(failure && { failure: errorData(failure) }),
    health: state?.health ?? [],
    restarts: state?.restarts ?? 0,
    ...(state?.canKeepState && { keepsState: true }),
    faults: state?.faults ?? 0,
    ...(pid !== undefined && { pid, memory: groupMemory(pid) }),
    ...(lastUsed !== undefined && { lastUsed: new Date(Date.now() - (now - lastUsed)).toISOString() }),
  }
}
