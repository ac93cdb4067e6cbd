import { SeamError, toSeamError } from '#protocol/errors.ts'
import { connectWorker, serve } from '../rpc/peer.ts'
import type { ExportCalls, ExportPageCalls } from './calls.ts'
import type { ExportAudio } from './types.ts'

/** Encodes in a worker of its own, which ends with the export. Sound and bytes cross with backpressure, never held whole. */
export const exportAudio: ExportAudio = async (input, target, run = {}) => {
  const { segments, ...options } = input
  const writer = target.getWriter()
  const worker = new Worker(new URL('./export.worker.ts', import.meta.url), { type: 'module', name: 'export' })
  const peer = connectWorker<ExportCalls>(worker)
  // The target's own error says more than that the worker could not write.
  let broken: unknown
  const service = serve<ExportPageCalls>(worker, {
    segments: () => segments,
    async write({ position, data }) {
      try {
        await writer.ready
        await writer.write({ type: 'write', data, position })
      } catch (error) {
        broken ??= error
        throw error
      }
      return null
    },
  })
  try {
    const report = await peer.call('encode', options, run)
    await writer.close()
    return report
  } catch (error) {
    const seam = run.signal?.aborted
      ? new SeamError('cancelled', 'The export was cancelled. The unfinished file was removed.')
      : toSeamError(broken ?? error)
    await writer.abort(seam).catch(() => {})
    throw seam
  } finally {
    service.close()
    peer.close()
  }
}
