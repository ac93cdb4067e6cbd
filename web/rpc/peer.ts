export { connect, connectWorker, type WorkerPeer } from './client.ts'
export { type Port } from './port.ts'
export { serve } from './server.ts'
export { transferring } from './transfer.ts'
