import { connectWorker, type WorkerPeer } from '../../rpc/peer.ts'
import type { LoadInput, TranscriberCalls } from './calls.ts'
import type { Listener } from './session.ts'

/** A running worker that listens, loaded, and how many sounds it listens to. */
export interface ListeningWorker extends Listener {
  readonly assignment: LoadInput
  readonly peer: WorkerPeer<TranscriberCalls>
  retired: boolean
  users: number
}

/** @throws SeamError not-found, engine; no worker is left running then */
export async function startListeningWorker(worker: Worker, assignment: LoadInput): Promise<ListeningWorker> {
  const peer = connectWorker<TranscriberCalls>(worker)
  try {
    await peer.call('load', assignment)
    return { assignment, peer, retired: false, users: 0 }
  } catch (error) {
    peer.terminate()
    throw error
  }
}
