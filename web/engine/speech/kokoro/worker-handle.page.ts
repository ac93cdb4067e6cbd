import type { Run } from '#protocol/run.ts'
import { connectWorker, type WorkerPeer } from '../../../rpc/peer.ts'
import type { KokoroCalls } from './calls.ts'

export interface Assignment {
  readonly device: 'wasm' | 'webgpu'
  readonly variant: string
  readonly threads: number
}

/** A running Kokoro worker, loaded. */
export interface KokoroWorker {
  readonly assignment: Assignment
  readonly peer: WorkerPeer<KokoroCalls>
}

/** @throws SeamError not-found, engine, cancelled; no worker is left running then */
export async function startWorker(assignment: Assignment, run: Run): Promise<KokoroWorker> {
  // Written out twice, so that the bundler sees both and keeps them apart.
  const worker =
    assignment.device === 'wasm'
      ? new Worker(new URL('./worker/wasm.ts', import.meta.url), { type: 'module', name: 'kokoro' })
      : new Worker(new URL('./worker/webgpu.ts', import.meta.url), { type: 'module', name: 'kokoro-webgpu' })
  const peer = connectWorker<KokoroCalls>(worker)
  try {
    await peer.call('load', { variant: assignment.variant, threads: assignment.threads }, run)
    return { assignment, peer }
  } catch (error) {
    peer.terminate()
    throw error
  }
}
