import { SeamError, toSeamError } from '#protocol/errors.ts'
import { exportAudio } from '../client.ts'
import type { ExportAudio } from '../types.ts'
import { memoryFile } from './memory.ts'
import { MAX_REMUX_BYTES, remuxM4b } from './remux.ts'

/** The longest book that goes through FFmpeg, seconds. At the usual bit rate it fits in memory many times over. */
export const MAX_REMUX_SECONDS = 2 * 60 * 60

/**
 * As `exportAudio`, but a short M4B passes through FFmpeg at the end, which puts its index first. Everything else, and
 * any book too long for memory, goes the streaming way.
 */
export const exportWithFfmpeg: ExportAudio = async (input, target, run = {}) => {
  if (input.format !== 'm4b' || input.expected === undefined || input.expected > MAX_REMUX_SECONDS) {
    return exportAudio(input, target, run)
  }
  const file = memoryFile(MAX_REMUX_BYTES)
  const writer = target.getWriter()
  try {
    const inMemory = new WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>({
      write: ({ data, position }) => file.write(data, position),
      abort: () => void file.take(),
    })
    const report = await exportAudio(input, inMemory, run)
    const whole = file.take()
    run.onProgress?.({ done: report.duration, total: report.duration, what: 'export.finishing' })
    const book = await remuxM4b(whole, report.chapters, report.duration, input.metadata, run).catch(
      (error: unknown) => {
        // Without the network the book is as good, only with its index at the end.
        if (toSeamError(error).code === 'offline') return undefined
        throw error
      },
    )
    await writer.write({ type: 'write', data: book ?? whole, position: 0 })
    await writer.close()
    return { ...report, bytes: (book ?? whole).length, unfinished: book === undefined }
  } catch (error) {
    const seam = run.signal?.aborted
      ? new SeamError('cancelled', 'The export was cancelled. The unfinished file was removed.')
      : toSeamError(error)
    await writer.abort(seam).catch(() => {})
    throw seam
  }
}
