import type { ContractEvent, ContractLight } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { CompanionClient } from '../companion/types.ts'
import type { ContractPart, ContractTrouble, StudioContracts } from '../features/contract-types.ts'

/** Milliseconds for which a plugin that failed is left alone, unless its light says more. */
export const LEFT_ALONE = 5_000
/** Milliseconds until what changes is asked for again after the connection broke. */
const ASK_AGAIN = 3_000

export interface ContractShelfParts {
  readonly companion: Pick<CompanionClient, 'state' | 'status' | 'watch'>
  /** What changes, for ever. @throws SeamError when the companion goes away */
  changes(run: Run): AsyncIterable<ContractEvent>
  /** Milliseconds. */
  readonly now?: () => number
}

/** What the page's own parts need to know of the companion's plugins. */
export interface ContractShelf extends StudioContracts {
  find(name: string): ContractLight | undefined
  /** Whether it can't work now, so that what it was asked for is not waited for. */
  isDown(name: string): boolean
  /** Whether it is worth asking: it is there, lacks nothing, and has not just failed. */
  isUp(name: string): boolean
  /** Those of one contract that are complete, in the companion's order. */
  of(contract: 'tts' | 'stt' | 'llm'): readonly ContractLight[]
  /** It failed in the middle of work, and something else went on. */
  failed(name: string, part: ContractPart, error: unknown): void
  close(): void
}

/** Keeps the lights of the companion's plugins: from its status, and from what it tells of each change. */
export function createContractShelf({ companion, changes, now = Date.now }: ContractShelfParts): ContractShelf {
  const listeners = new Set<() => void>()
  const troubles = new Map<string, ContractTrouble>()
  let lights: readonly ContractLight[] = []
  /** Those that were down, or could not work, and have not been ready since. */
  const down = new Set<string>()
  const leftAlone = new Map<string, number>()
  let follow: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let before = ''

  const find = (name: string) => lights.find(light => light.name === name)

  function isDown(name: string): boolean {
    const light = find(name)
    return !light || light.need !== undefined || light.quarantined || down.has(name)
  }

  function show(next: readonly ContractLight[]): void {
    lights = next
    for (const { name, status, ailment } of lights) {
      if (status === 'ERROR' || ailment) down.add(name)
      // What failed was the process before.
      else if (status !== 'INITIALIZING' && down.delete(name)) leftAlone.delete(name)
    }
    const seen = JSON.stringify(lights)
    if (seen === before) return
    before = seen
    tell()
  }
  const tell = () => listeners.forEach(listener => listener())

  function look(): void {
    if (companion.state !== 'paired') {
      end()
      return show([])
    }
    const known = companion.status?.contracts ?? []
    show(known.map(lightOf))
    if (known.length > 0) follow ??= begin()
  }

  function begin(): AbortController {
    const mine = new AbortController()
    void (async () => {
      try {
        for await (const event of changes({ signal: mine.signal })) {
          if (mine.signal.aborted) return
          if (event.kind === 'gone') show(lights.filter(({ name }) => name !== event.name))
          else if (event.kind === 'info') show(withLight(lights, lightOf(event.info)))
        }
      } catch {
        // The companion’s status goes on telling, more slowly.
      }
      if (follow !== mine) return
      timer = setTimeout(() => {
        follow = undefined
        look()
      }, ASK_AGAIN)
    })()
    return mine
  }

  function end(): void {
    clearTimeout(timer)
    follow?.abort()
    follow = undefined
  }

  const unwatch = companion.watch(look)
  look()

  return {
    get lights() {
      return lights
    },
    get troubles() {
      return [...troubles.values()]
    },
    dismiss({ name, part }) {
      if (troubles.delete(`${part} ${name}`)) tell()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    find,
    isDown,
    isUp: name => !isDown(name) && now() >= (leftAlone.get(name) ?? 0),
    of: contract => lights.filter(light => light.contract === contract && !light.need),
    failed(name, part, cause) {
      const error = toSeamError(cause)
      leftAlone.set(name, now() + LEFT_ALONE)
      troubles.set(`${part} ${name}`, { name, displayName: find(name)?.displayName ?? name, part, error })
      tell()
    },
    close() {
      unwatch()
      end()
      listeners.clear()
    },
  }
}

/** What a light shows, and no more: an info changes with every question after its health. */
const lightOf = (told: ContractLight): ContractLight => ({
  name: told.name,
  displayName: told.displayName,
  contract: told.contract,
  version: told.version,
  status: told.status,
  ...(told.ailment && { ailment: told.ailment }),
  ...(told.need && { need: told.need }),
  quarantined: told.quarantined,
  offers: told.offers,
})

function withLight(lights: readonly ContractLight[], light: ContractLight): readonly ContractLight[] {
  const at = lights.findIndex(({ name }) => name === light.name)
  return at < 0 ? [...lights, light] : lights.with(at, light)
}
