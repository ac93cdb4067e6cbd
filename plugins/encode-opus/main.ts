import { pcmType, runPlugin } from '../sdk/typescript/index.ts'
import { runProgram } from '../sdk/typescript/external.ts'
import { chooseEncoder, pcmArguments, readTags, tagArguments, unlessEmpty } from '../sdk/typescript/ffmpeg.ts'

/** What libopus takes for one channel, kbit/s. */
const MAX_BITRATE = 256

runPlugin(async plugin => {
  const { options, write, signal } = plugin
  const pcm = pcmType(plugin.input)
  const bitrate = Math.min(options.number('bitrate', 48), MAX_BITRATE * Math.min(2, pcm.channels))
  // Chosen before there is input: a missing program is told at once.
  const program = chooseEncoder(options, 'Opus files', false)!
  const input = await unlessEmpty(plugin.payload())
  if (!input) return plugin.warn('EMPTY_INPUT', 'There was no sound, so no file was made.')
  await runProgram({
    program,
    args: [
      ...pcmArguments(pcm),
      ...['-c:a', 'libopus', '-b:a', `${bitrate}k`, ...tagArguments(readTags(options))],
      // Pages of half a second: what is encoded goes out soon.
      ...['-f', 'ogg', '-page_duration', '500000', '-flush_packets', '1', 'pipe:1'],
    ],
    input,
    output: write,
    signal,
  })
})
