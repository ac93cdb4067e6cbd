import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { openContainer } from './container.ts'
import { mayBeSound } from './foreign.ts'
import type { OpenElsewhere, SoundFile } from './types.ts'
import { cancelled, notSound } from './words.ts'
import { openWhole } from './whole.ts'

export interface DecodeOptions {
  /** What opens the file when the browser can't: FFmpeg, where the user has agreed to its licence and its download. */
  readonly ffmpeg?: OpenElsewhere
}

/**
 * Opens the sound of a file: packet by packet where the browser decodes it, whole where it can only do that, else
 * through FFmpeg.
 * @throws SeamError bad-input (no sound file, empty, a video without sound), cancelled; unsupported with `needs: 'ffmpeg'`
 * in its details when only FFmpeg may read it and was not given
 */
export async function openSoundFile(file: Blob, { ffmpeg }: DecodeOptions = {}, run: Run = {}): Promise<SoundFile> {
  if (file.size === 0) {
    throw new SeamError('bad-input', 'The file is empty. Choose another one.', { details: { reason: 'empty' } })
  }
  const container = await openContainer(file)
  const opened = typeof container === 'string' ? await openWhole(file, run) : container
  if (run.signal?.aborted) {
    opened?.close()
    throw cancelled()
  }
  if (opened) return opened
  if (container === 'unknown' && !(await mayBeSound(file))) throw notSound()
  if (ffmpeg) return ffmpeg(file, run)
  throw new SeamError(
    'unsupported',
    'This browser can’t read the file by itself, or it is too long for that. FFmpeg may: allow it, and try again.',
    { details: { needs: 'ffmpeg' } },
  )
}
