import { contractId, readContractId, type ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import type { ContractService } from '../companion/contracts.ts'
import { createRemoteClient, type RemoteClient } from '../engine/transcribe/remote/client.page.ts'
import { createStandIn } from '../engine/transcribe/stand-in.page.ts'
import type { TranscriberClient } from '../engine/transcribe/worker-transcriber.page.ts'
import { readLang } from './contract-offers.ts'
import { watchCall } from './contract-watch.ts'
import type { ContractShelf } from './contracts.ts'

export interface ContractHearingParts {
  readonly shelf: Pick<ContractShelf, 'of' | 'isUp' | 'isDown' | 'failed' | 'watch'>
  readonly recognise: ContractService['recognise']
  /** The one of this page that goes on where a plugin fails. */
  readonly local: TranscriberClient
  /** What was chosen to listen to talk. */
  readonly chosen: { readonly id: string | undefined; watch(listener: () => void): () => void }
}

/** The recognisers of plugins, each with this page's own to go on when it fails. */
export interface ContractHearing {
  /** One for each plugin that is there; the same one as long as it is the same plugin. */
  readonly transcribers: readonly TranscriberClient[]
  /** The chosen one, or this page's own while that is not there. */
  readonly listener: TranscriberClient
}

interface Opened {
  /** What it was made for. */
  readonly of: string
  readonly remote: RemoteClient
  readonly whole: TranscriberClient
}

export function createContractHearing({ shelf, recognise, local, chosen }: ContractHearingParts): ContractHearing {
  const remotes = new Map<string, Opened>()
  /** Plugins whose absence was told: once, however long it lasts. */
  const absent = new Set<string>()

  function tell(name: string, error: unknown): void {
    absent.add(name)
    shelf.failed(name, 'hearing', error)
  }

  function open(light: ContractLight): Opened {
    const info = infoOf(light)
    const of = JSON.stringify(info)
    const before = remotes.get(light.name)
    if (before?.of === of) return before
    const { name } = light
    // By the plugin’s own tags, which a browser need not understand.
    const told = (light.offers.languages ?? []).map(({ id }) => id)
    const remote = createRemoteClient({
      info,
      async recognise(samples, { lang, signal }) {
        const language = understood(lang, told)
        const call = watchCall(shelf, name, signal)
        const how = { signal: call.signal, ...(language !== undefined && { lang: language }) }
        try {
          const heard = await recognise(name, samples, how)
          absent.delete(name)
          return heard
        } catch (cause) {
          const error = call.isDown ? gone(name, cause) : cause
          if (!signal.aborted) tell(name, error)
          throw error
        } finally {
          call.close()
        }
      },
    })
    const first = () => (shelf.isUp(name) ? remote : undefined)
    const missed = () => {
      const error = gone(name)
      if (!absent.has(name)) tell(name, error)
      return error
    }
    const watch = (listener: () => void) => shelf.watch(listener)
    const made = { of, remote, whole: createStandIn({ local, first, watch, missed, info }) }
    remotes.set(name, made)
    before?.remote.retire()
    return made
  }

  /** The chosen plugin's, while that can be asked. */
  function first(): TranscriberClient | undefined {
    const name = readContractId(chosen.id ?? '')?.name
    const light = name !== undefined && shelf.isUp(name) && shelf.of('stt').find(each => each.name === name)
    return light ? open(light).remote : undefined
  }

  return {
    get transcribers() {
      return shelf.of('stt').map(light => open(light).whole)
    },
    listener: createStandIn({
      local,
      first,
      watch(listener) {
        const ends = [shelf.watch(listener), chosen.watch(listener)]
        return () => ends.forEach(end => end())
      },
    }),
  }
}

const gone = (name: string, cause?: unknown) =>
  new SeamError('engine', `The plugin “${name}” is not there to listen.`, {
    details: { plugin: name },
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  })

const infoOf = ({ name, displayName, version, offers }: ContractLight): TranscriberInfo => ({
  id: contractId(name),
  name: displayName,
  version,
  languages: [...new Set((offers.languages ?? []).map(({ id }) => readLang(id)))],
  wordTimes: false,
})

/** What the plugin calls a language: one knows `en-us` and `en-gb`, another `en` alone. Unsaid where it knows neither. */
export function understood(lang: Lang | undefined, known: readonly Lang[]): Lang | undefined {
  const family = (tag: string) => tag.split('-')[0]
  return known.find(each => each === lang) ?? known.find(each => lang !== undefined && family(each) === family(lang))
}
