import { HEARING_MODEL } from '../core/listening/open.ts'
import type { ListenerPool } from '../core/listening/pool.ts'
import type { ModelStore } from '../core/models/store.ts'
import { describeVoice } from '../core/speakers/open.ts'
import type { SpeakerPool } from '../core/speakers/pool.ts'
import { startWyoming, type WyomingOptions, type WyomingServer } from '../core/wyoming/server.ts'

/** Where the Wyoming protocol is spoken, and how a text is spoken when the client does not say. */
export type WyomingPlace = Pick<WyomingOptions, 'host' | 'port' | 'own'>

export interface WyomingServices {
  readonly wyoming?: WyomingPlace
  readonly store: ModelStore
  readonly speakers?: SpeakerPool
  readonly listeners?: ListenerPool
}

/** The server that was asked for; undefined when none was. @throws SeamError conflict, refused, bad-input */
export async function openWyoming(services: WyomingServices): Promise<WyomingServer | undefined> {
  const { wyoming, store, speakers, listeners } = services
  if (!wyoming || !speakers || !listeners) return undefined
  const offer = async () => {
    const states = await store.list()
    const complete = new Set(states.flatMap(({ id, complete }) => (complete ? [id] : [])))
    return { speaks: describeVoice(speakers, complete).ready, listens: complete.has(HEARING_MODEL) }
  }
  return startWyoming({ ...wyoming, speakers, listeners, offer })
}
