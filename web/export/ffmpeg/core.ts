import type { FFmpeg } from '@ffmpeg/ffmpeg'
import coreUrl from '@ffmpeg/core?url'
import wasmUrl from '@ffmpeg/core/wasm?url'
import { SeamError } from '#protocol/errors.ts'

const absolute = (url: string): string => new URL(url, location.href).href

/** Fetches FFmpeg's core, whose licence the user has seen (notice.ts). @throws SeamError offline */
export async function loadCore(ffmpeg: FFmpeg): Promise<void> {
  await ffmpeg.load({ coreURL: absolute(coreUrl), wasmURL: absolute(wasmUrl) }).catch((cause: unknown) => {
    throw new SeamError('offline', 'FFmpeg could not be fetched. Try again, or go on without it.', { cause })
  })
}
