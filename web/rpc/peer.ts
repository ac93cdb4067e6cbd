export { connect, connectWorker, type WorkerPeer } from './client.ts'
export { serve } from './server.ts'
export { transferring } from './transfer.ts'
