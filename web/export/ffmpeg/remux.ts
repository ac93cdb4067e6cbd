import { FFmpeg } from '@ffmpeg/ffmpeg'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { ChapterMark } from '../encode/types.ts'
import type { ExportMetadata } from '../types.ts'
import { loadCore } from './core.ts'
import { ffmetadata } from './metadata.ts'

/** The largest file that FFmpeg may take, bytes: it holds input and output in memory. */
export const MAX_REMUX_BYTES = 128 * 1024 * 1024

/**
 * Rewrites an M4A as an M4B whose index stands first, so that it plays while it loads; tags, cover and chapters are
 * written anew, the sound is copied as it is.
 * @throws SeamError bad-input beyond the limit, offline when the core can't be fetched, engine, cancelled
 */
export async function remuxM4b(
  file: Uint8Array<ArrayBuffer>,
  chapters: readonly ChapterMark[],
  duration: number,
  metadata: ExportMetadata,
  { signal }: Run = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (file.length > MAX_REMUX_BYTES) {
    throw new SeamError(
      'bad-input',
      `FFmpeg takes files up to ${MAX_REMUX_BYTES / 1048576} MB here. Nothing was written; export without it.`,
      { details: { bytes: file.length, limit: MAX_REMUX_BYTES } },
    )
  }
  const ffmpeg = new FFmpeg()
  const stop = () => ffmpeg.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    await loadCore(ffmpeg)
    await ffmpeg.writeFile('in.m4a', file)
    await ffmpeg.writeFile('tags.txt', ffmetadata(metadata, chapters, duration))
    const said: string[] = []
    ffmpeg.on('log', ({ message }) => said.push(message))
    const from = ['-i', 'in.m4a', '-f', 'ffmetadata', '-i', 'tags.txt', '-map', '0:a', '-map', '0:v?']
    const to = ['-map_metadata', '1', '-map_chapters', '1', '-c', 'copy', '-disposition:v:0', 'attached_pic']
    const code = await ffmpeg.exec([...from, ...to, '-movflags', '+faststart', '-f', 'ipod', 'out.m4b'])
    if (code !== 0) {
      throw new SeamError('engine', `FFmpeg could not write the book: ${said.at(-1) ?? 'it gave no reason'}.`)
    }
    const made = await ffmpeg.readFile('out.m4b')
    return typeof made === 'string' ? new TextEncoder().encode(made) : new Uint8Array(made)
  } catch (error) {
    if (signal?.aborted) throw new SeamError('cancelled', 'The export was cancelled. The unfinished file was removed.')
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    ffmpeg.terminate()
  }
}
