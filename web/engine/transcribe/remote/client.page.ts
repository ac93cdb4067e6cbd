import type { Lang } from '#protocol/speech.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import { serve } from '../../../rpc/peer.ts'
import type { Recognition } from '../recogniser.ts'
import { startListeningWorker } from '../worker-handle.page.ts'
import { createWorkerTranscriber, type TranscriberClient } from '../worker-transcriber.page.ts'
import type { RemoteLoad } from './calls.ts'
import type { ReaderCalls } from './recogniser.ts'

export interface RemoteTranscriberOptions {
  readonly info: TranscriberInfo
  /** @param samples mono at HEARING_RATE. @throws SeamError */
  recognise(
    samples: Float32Array<ArrayBuffer>,
    run: { readonly lang?: Lang; readonly signal: AbortSignal },
  ): Promise<Recognition>
}

/** A transcriber that finds speech in a worker of this page, and asks somebody else for the words. */
export interface RemoteClient extends TranscriberClient {
  /** Ends its worker as soon as nobody is heard by it. */
  retire(): void
}

export function createRemoteClient({ info, recognise }: RemoteTranscriberOptions): RemoteClient {
  return createWorkerTranscriber<RemoteLoad>({
    info,
    report: () => undefined,
    async start() {
      const worker = new Worker(new URL('./remote.worker.ts', import.meta.url), {
        type: 'module',
        name: 'transcriber-remote',
      })
      const { port1, port2 } = new MessageChannel()
      // Asked from here, where the companion's address and key are.
      serve<ReaderCalls>(port1, {
        recognise: ({ samples, lang }, { signal }) => recognise(samples, { signal, ...(lang && { lang }) }),
      })
      worker.postMessage(null, [port2])
      return startListeningWorker<RemoteLoad>(worker, { info })
    },
  })
}
