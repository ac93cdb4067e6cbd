import { runPlugin } from '../sdk/typescript/index.ts'
import { runProgram } from '../sdk/typescript/external.ts'
import { openEncoder, pcmArguments, tagArguments } from '../sdk/typescript/ffmpeg.ts'
import { bitrateFor } from './rates.ts'

runPlugin(async plugin => {
  const { options, write, signal } = plugin
  const job = await openEncoder(plugin, 'MP3 files', true)
  if (!job) return
  const { sound, program } = job
  const bitrate = bitrateFor(sound.pcm.rate, options.number('bitrate', 96))
  if (program === undefined) {
    // Only now: it brings a WebAssembly encoder with it.
    const { encodeMp3 } = await import('./builtin.ts')
    return encodeMp3(sound, bitrate, write)
  }
  await runProgram({
    program,
    args: [
      ...pcmArguments(sound.pcm),
      ...['-c:a', 'libmp3lame', '-b:a', `${bitrate}k`, ...tagArguments(sound.tags)],
      // The Xing header would have to be filled in at the end, and a pipe can't go back.
      ...['-f', 'mp3', '-write_xing', '0', '-id3v2_version', '4', '-flush_packets', '1', 'pipe:1'],
    ],
    input: sound.input,
    output: write,
    signal,
  })
})
