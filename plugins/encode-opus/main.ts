import { runPlugin } from '../sdk/typescript/index.ts'
import { runProgram } from '../sdk/typescript/external.ts'
import { openEncoder, pcmArguments, tagArguments } from '../sdk/typescript/ffmpeg.ts'

/** What libopus takes for one channel, kbit/s. */
const MAX_BITRATE = 256

runPlugin(async plugin => {
  const { options, write, signal } = plugin
  const job = await openEncoder(plugin, 'Opus files', false)
  if (!job) return
  const { pcm, tags, input } = job.sound
  const bitrate = Math.min(options.number('bitrate', 48), MAX_BITRATE * Math.min(2, pcm.channels))
  await runProgram({
    // There is no other encoder.
    program: job.program!,
    args: [
      ...pcmArguments(pcm),
      ...['-c:a', 'libopus', '-b:a', `${bitrate}k`, ...tagArguments(tags)],
      // Pages of half a second: what is encoded goes out soon.
      ...['-f', 'ogg', '-page_duration', '500000', '-flush_packets', '1', 'pipe:1'],
    ],
    input,
    output: write,
    signal,
  })
})
