import { PluginError } from './errors.ts'
import { findProgram } from './external.ts'
import type { Options } from './handshake.ts'
import { pcmType, type PcmType } from './media-type.ts'
import type { Plugin } from './run.ts'

/** Tags of a sound file. Empty ones are left out. */
export interface Tags {
  readonly title: string
  readonly author: string
}

/** What an encoder makes a file of. */
export interface Sound {
  readonly pcm: PcmType
  readonly tags: Tags
  readonly input: AsyncIterable<Buffer>
}

/** What an encoder's plugin works with. */
export interface EncoderJob {
  readonly sound: Sound
  /** ffmpeg; undefined where the plugin's own encoder is to be used. */
  readonly program: string | undefined
}

/**
 * Begins the run of an encoder, as its options say. Undefined when there is no sound: an encoder makes no file of
 * that, and the user was told so.
 * @param file what it makes, in the plural
 * @throws PluginError NEEDS_FFMPEG, before there is input: a missing program is told at once
 */
export async function openEncoder(plugin: Plugin, file: string, hasBuiltin: boolean): Promise<EncoderJob | undefined> {
  const { options } = plugin
  const pcm = pcmType(plugin.input)
  const tags = { title: options.text('title', ''), author: options.text('author', '') }
  const program = chooseEncoder(options, file, hasBuiltin)
  const input = await unlessEmpty(plugin.payload())
  if (input) return { sound: { pcm, tags, input }, program }
  await plugin.warn('EMPTY_INPUT', 'There was no sound, so no file was made.')
  return undefined
}

function chooseEncoder(options: Options, file: string, hasBuiltin: boolean): string | undefined {
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

/** The same bytes, once the first of them are there; undefined when there are none. */
async function unlessEmpty(payload: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer> | undefined> {
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
