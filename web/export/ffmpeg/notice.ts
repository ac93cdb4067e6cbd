import licenceUrl from './COPYING.GPL-2.0.txt?url'

/** What is shown before FFmpeg's core is fetched: it is not under the product's own licence. */
export const FFMPEG_NOTICE = {
  name: 'FFmpeg (ffmpeg.wasm core 0.12.10)',
  licence: 'GPL-2.0-or-later',
  licenceUrl,
  source: 'https://github.com/ffmpegwasm/ffmpeg.wasm/tree/v12.10',
  /** Fetched when it is first used. */
  bytes: 32_232_419,
} as const
