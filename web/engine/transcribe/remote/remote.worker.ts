import '../../worker/heap.ts'
import { connect } from '../../../rpc/peer.ts'
import { sileroRuntime } from '../../vad/runtime.ts'
import { serveTranscriber } from '../worker/serve.ts'
import { wasmOrt } from '../worker/wasm-ort.ts'
import type { RemoteLoad } from './calls.ts'
import { createRemoteRecogniser, type ReaderCalls } from './recogniser.ts'

declare const self: DedicatedWorkerGlobalScope

// Speech is found here; its words are read at the far end of the port that comes with the first message.
const reader = new Promise<MessagePort>(resolve =>
  self.addEventListener('message', ({ ports: [port] }) => port && resolve(port)),
)

serveTranscriber<RemoteLoad>(async (_, { info }) => ({
  recogniser: createRemoteRecogniser(info, connect<ReaderCalls>(await reader)),
  // The detector alone is not worth a second thread.
  silero: sileroRuntime(wasmOrt(1), { device: 'wasm' }),
}))
