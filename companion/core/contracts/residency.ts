import { readFileSync } from 'node:fs'
import type { Clock } from '#dialogue/types.ts'
import { groupMembers } from '../process/ledger.ts'

/** Milliseconds between two looks at who is used. */
export const LOOK_EVERY = 30_000
const MIB = 1 << 20

/** A plugin that may be in memory. */
export interface Resident {
  readonly name: string
  /** Whether it runs, and nobody waits for it. */
  readonly isIdle: boolean
  readonly isLoaded: boolean
  readonly pid?: number | undefined
  /** Milliseconds without a call after which it is unloaded; 0 keeps it. */
  readonly idleUnload: number
  unload(reason: string): Promise<void>
  /** On the clock that the residency has; undefined while it was never called. */
  readonly lastUsed?: number | undefined
}

export interface ResidencyOptions {
  readonly clock: Clock
  residents(): readonly Resident[]
  /** Bytes that all of them may have together; 0 is no limit. */
  readonly most: number
  /** Bytes of a process and its children; /proc when absent. */
  sizeOf?(pid: number): number
}

/** Which plugins stay in memory: whoever was not called for long goes, and where there is no room, the one unused longest. */
export class Residency {
  readonly #options: ResidencyOptions
  /** Since when each is loaded: one that was just started and never called is not the oldest. */
  readonly #since = new Map<string, number>()
  #end: (() => void) | undefined

  constructor(options: ResidencyOptions) {
    this.#options = options
  }

  start(): void {
    this.#end ??= this.#options.clock.after(LOOK_EVERY, () => {
      this.#end = undefined
      void this.look().finally(() => this.start())
    })
  }

  stop(): void {
    this.#end?.()
    // Whoever is in mid-look begins no other.
    this.#end = () => undefined
  }

  /** Unloads whoever has to go. */
  async look(): Promise<void> {
    const { clock, residents, most, sizeOf = groupMemory } = this.#options
    const now = clock.now()
    const loaded = residents().filter(({ isLoaded }) => isLoaded)
    // Each is looked at anew: while another one ended, it may have been called.
    const idle = (name: string) => residents().find(resident => resident.name === name && resident.isIdle)
    for (const name of [...this.#since.keys()]) {
      if (!loaded.some(resident => resident.name === name)) this.#since.delete(name)
    }
    for (const { name } of loaded) if (!this.#since.has(name)) this.#since.set(name, now)
    const used = ({ name, lastUsed = 0 }: Resident) => Math.max(lastUsed, this.#since.get(name) ?? now)
    const gone = new Set<string>()
    for (const { name, idleUnload } of loaded) {
      const resident = idle(name)
      if (!resident || idleUnload === 0 || now - used(resident) < idleUnload) continue
      gone.add(name)
      await resident.unload(`nobody has called it for ${Math.round(idleUnload / 1000)} s`)
    }
    if (most === 0) return
    const left = loaded.filter(({ name }) => !gone.has(name))
    const sizes = new Map(left.map(resident => [resident, resident.pid === undefined ? 0 : sizeOf(resident.pid)]))
    let sum = [...sizes.values()].reduce((all, size) => all + size, 0)
    for (const each of left.sort((one, other) => used(one) - used(other))) {
      if (sum <= most) return
      const resident = idle(each.name)
      if (!resident) continue
      sum -= sizes.get(each)!
      await resident.unload(`plugins may have ${Math.round(most / MIB)} MiB together, and it was unused longest`)
    }
  }
}

/** Milliseconds for which a size holds: to find a group's processes is to look at all that there are. */
const SIZE_HOLDS = 1000
const sizes = new Map<number, { readonly at: number; readonly size: number }>()

/** Bytes of memory that a process group has for itself and shares, at most a second old; 0 where nobody tells. */
export function groupMemory(group: number): number {
  const now = performance.now()
  const known = sizes.get(group)
  if (known && now - known.at < SIZE_HOLDS) return known.size
  for (const [other, { at }] of sizes) if (now - at >= SIZE_HOLDS) sizes.delete(other)
  const size = groupMembers(group).reduce((sum, pid) => sum + residentSize(pid), 0)
  sizes.set(group, { at: now, size })
  return size
}

/** proc(5): the line of `status` that tells it. */
function residentSize(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    // Gone meanwhile.
    return 0
  }
}
