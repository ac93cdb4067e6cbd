import { connectWorker, type WorkerPeer } from '../../rpc/peer.ts'
import type { LoadInput, TranscriberCalls } from './calls.ts'
import type { Listener } from './session.ts'

/** A running worker that listens, loaded, and how many sounds it listens to. */
export interface ListeningWorker<Load = LoadInput> extends Listener {
  readonly assignment: Load
  readonly peer: WorkerPeer<TranscriberCalls<Load>>
  retired: boolean
  users: number
}

/** @throws SeamError not-found, engine; no worker is left running then */
export async function startListeningWorker<Load>(worker: Worker, assignment: Load): Promise<ListeningWorker<Load>> {
  const peer = connectWorker<TranscriberCalls<Load>>(worker)
  try {
    await peer.call('load', assignment as never)
    return { assignment, peer, retired: false, users: 0 }
  } catch (error) {
    peer.terminate()
    throw error
  }
}
