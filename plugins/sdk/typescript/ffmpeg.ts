import { PluginError } from './errors.ts'
import { findProgram } from './external.ts'
import type { Options } from './handshake.ts'
import type { PcmType } from './media-type.ts'

/** Tags of a sound file. Empty ones are left out. */
export interface Tags {
  readonly title: string
  readonly author: string
}

export const readTags = (options: Options): Tags => ({
  title: options.text('title', ''),
  author: options.text('author', ''),
})

/** ffmpeg, or undefined where the plugin's own encoder is to be used. @throws PluginError NEEDS_FFMPEG */
export function chooseEncoder(options: Options, file: string, hasBuiltin: boolean): string | undefined {
  const wanted = options.text('encoder', 'auto')
  const found = wanted === 'builtin' ? undefined : findProgram('ffmpeg')
  if (found) return found
  if (wanted === 'ffmpeg' || !hasBuiltin) {
    throw new PluginError(
      'NEEDS_FFMPEG',
      `${wanted === 'builtin' ? `There is no built-in encoder for ${file}` : `ffmpeg, which makes ${file}, is not on this machine`}. ${INSTALL}`,
    )
  }
  return undefined
}

const INSTALL =
  'Install ffmpeg and try again: “apt install ffmpeg” on Debian and Ubuntu, “brew install ffmpeg” on a Mac, “winget install ffmpeg” on Windows.'

/** Arguments that let ffmpeg read samples from its standard input and write nothing but errors to its log. */
export function pcmArguments({ rate, channels, format }: PcmType): string[] {
  const layout = channels > 2 ? ['-ac', '2'] : []
  const source = ['-f', format, '-ar', String(rate), '-ac', String(channels), '-i', 'pipe:0']
  return ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-probesize', '32', ...source, '-vn', ...layout]
}

export function tagArguments({ title, author }: Tags): string[] {
  return [
    ...(title ? ['-metadata', `title=${title}`] : []),
    ...(author ? ['-metadata', `artist=${author}`, '-metadata', `album_artist=${author}`] : []),
  ]
}

/**
 * The same bytes, once the first of them are there; undefined when there are none. An encoder makes no file of no sound.
 */
export async function unlessEmpty(payload: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer> | undefined> {
  const iterator = payload[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return undefined
  return (async function* () {
    yield first.value
    for (;;) {
      const { done, value } = await iterator.next()
      if (done) return
      yield value
    }
  })()
}
