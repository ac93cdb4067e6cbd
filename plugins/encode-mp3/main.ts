import { pcmType, runPlugin } from '../sdk/typescript/index.ts'
import { runProgram } from '../sdk/typescript/external.ts'
import { chooseEncoder, pcmArguments, readTags, tagArguments, unlessEmpty } from '../sdk/typescript/ffmpeg.ts'
import { bitrateFor } from './rates.ts'

runPlugin(async plugin => {
  const { options, write, signal } = plugin
  const pcm = pcmType(plugin.input)
  const bitrate = bitrateFor(pcm.rate, options.number('bitrate', 96))
  const tags = readTags(options)
  const program = chooseEncoder(options, 'MP3 files', true)
  const input = await unlessEmpty(plugin.payload())
  if (!input) return plugin.warn('EMPTY_INPUT', 'There was no sound, so no file was made.')
  if (program === undefined) {
    // Only now: it brings a WebAssembly encoder with it.
    const { encodeBuiltin } = await import('./builtin.ts')
    return encodeBuiltin({ pcm, bitrate, tags, input, write })
  }
  await runProgram({
    program,
    args: [
      ...pcmArguments(pcm),
      ...['-c:a', 'libmp3lame', '-b:a', `${bitrate}k`, ...tagArguments(tags)],
      // The Xing header would have to be filled in at the end, and a pipe can't go back.
      ...['-f', 'mp3', '-write_xing', '0', '-id3v2_version', '4', '-flush_packets', '1', 'pipe:1'],
    ],
    input,
    output: write,
    signal,
  })
})
